"""Case types that the tests tell their stories with, written as the YAML that a room would bring."""

HEAD = """
version: {version}
source: made up for the tests
mark: D
effective_from: {since}
{until}
"""

COMPLAINT = """
key: example.complaint
names: {zh-hans: 示例投诉, zh-hant: 示例投訴, en: Example complaint}
levels:
  - {slug: minor, names: {zh-hans: 一般, en: Minor}}
  - {slug: serious, names: {zh-hans: 严重, en: Serious}}
  - {slug: grave, names: {zh-hans: 重大, en: Grave}}
clocks:
  - slug: response
    names: {zh-hans: 首次响应, en: First response}
    within: {minor: {hours: 2}, serious: {minutes: 30}, grave: {minutes: 30}}
    runs: opening
    stops_at: doing
    warn: [0.5, 0.8]
    ladder:
      - {after: {minutes: 0}, to: supervisor}
      - {after: {minutes: 30}, to: branch_head}
      - {after: {hours: 2}, to: regional_manager}
  - slug: solution
    names: {zh-hans: 解决时限, en: Solution}
    within: {minor: {end_of_day: true}, serious: {hours: 2}, grave: {hours: 2}}
    runs: opening
    stops_at: resolved
    ladder:
      - {after: {minutes: 0}, to: branch_head, channel: true}
  - slug: legal
    names: {zh-hans: 法定答复, en: Legal answer}
    within: {minor: {calendar_days: 15}, serious: {calendar_days: 15}, grave: {calendar_days: 15}}
    runs: calendar
    stops_at: answered
    pausable: false
    ladder:
      - {after: {minutes: 0}, to: branch_head, any_hour: true}
fields:
  - {slug: topic, names: {zh-hans: 事由, en: Topic}, kind: choice, required_at: open,
     choices: [{slug: queue, names: {zh-hans: 排队, en: Queue}}, {slug: fee, names: {zh-hans: 收费, en: Fee}}]}
  - {slug: customer, names: {zh-hans: 客户姓名, en: Customer}, kind: text, private: true}
  - {slug: cause, names: {zh-hans: 原因, en: Cause}, kind: text, required_at: resolved}
  - {slug: satisfied, names: {zh-hans: 客户满意, en: Satisfied}, kind: yes_no, required_at: closed}
verify_by_other: true
recuse_involved: true
pause:
  reasons:
    - {slug: waiting_customer, names: {zh-hans: 等待客户补充材料, en: Waiting for the customer}}
  cap: {working_days: 2}
owner: [supervisor]
"""

CHORE = """
key: example.chore
names: {zh-hans: 示例杂务, en: Example chore}
levels: [{slug: only, names: {zh-hans: 一般, en: Only}}]
clocks:
  - {slug: done, names: {zh-hans: 完成, en: Done}, within: {only: {minutes: 30}}, runs: always, warn: [],
     ladder: [{after: {minutes: 0}, to: supervisor, any_hour: true},
              {after: {minutes: 10}, to: branch_head, any_hour: true},
              {after: {minutes: 20}, to: regional_manager, any_hour: true}]}
owner: [supervisor]
"""


def text(body: str, version: int = 1, since: str = "2020-01-01", until: str = "") -> str:
    """A whole item: the common head and the body."""
    return body + HEAD.format(version=version, since=since, until=f"effective_to: {until}" if until else "")


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
