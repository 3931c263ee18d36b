"""Trust: may this branch's twin be believed? Thresholds fixed beforehand, days that the calibration never saw.

::

    from counterpoint.science.calibration import calibrate
    from counterpoint.science.trust import judge

    found = calibrate(log, days=first_weeks, seed=1)
    answer = judge(found.apply(model), found, log, last_week, seed=2)
    answer.status             # passed | failed | not_judged; only passed is calibrated
    answer.to_frame()         # each criterion: value, bound, threshold, passed, a plain sentence
    answer.cdf, answer.half_hours, answer.by_day          # arrays for pictures
    answer.to_json()          # to store with the branch

docs/explanation/trust.md.
"""

from counterpoint.science.trust.gate import GATE as GATE
from counterpoint.science.trust.gate import Gate as Gate
from counterpoint.science.trust.judge import Replay as Replay
from counterpoint.science.trust.judge import TrustError as TrustError
from counterpoint.science.trust.judge import judge as judge
from counterpoint.science.trust.judge import replay as replay
from counterpoint.science.trust.judge import verdict as verdict
from counterpoint.science.trust.verdict import Criterion as Criterion
from counterpoint.science.trust.verdict import Verdict as Verdict
