"""A ticket file as a table: encodings, separators, packed and broken files; half a file is never used."""

import gzip
import io
import zipfile

import pytest

from counterpoint.team.planning.reading import HistoryFileError, read_table
from counterpoint.team.planning.tests.files import saved, workbook

PLAIN = "arrived,service\n2026-11-23 09:00,现金\n2026-11-23 09:01,理财\n"


def table(folder, content, name="history.csv", **more):
    return read_table(saved(folder, content, name), **more)


def refused(folder, content, name="history.csv", **more):
    with pytest.raises(HistoryFileError) as told:
        table(folder, content, name, **more)
    return told.value


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("gb18030"),
        PLAIN.replace("\n", "\r\n").encode(),
        gzip.compress(PLAIN.encode("gb18030")),
    ],
    ids=["utf-8", "with a byte-order mark", "gb18030", "lines of Windows", "packed"],
)
def test_a_table_reads_the_same_however_it_was_saved(tmp_path, content):
    found = table(tmp_path, content)
    assert list(found.columns) == ["arrived", "service"]
    assert found["service"].tolist() == ["现金", "理财"]


def test_a_packed_file_is_known_by_its_content_not_by_its_name(tmp_path):
    assert len(table(tmp_path, gzip.compress(PLAIN.encode()), "history.csv")) == 2
    assert len(table(tmp_path, PLAIN, "history.csv.gz")) == 2


def test_a_said_encoding_is_the_only_one_tried(tmp_path):
    found = table(tmp_path, PLAIN.encode("utf-16"), encoding="utf-16")
    assert found["service"].tolist() == ["现金", "理财"]
    assert "encoding:" in str(refused(tmp_path, PLAIN.encode(), encoding="ascii"))
    assert "encoding:" in str(refused(tmp_path, PLAIN.encode(), encoding="no-such-code"))


def test_bytes_that_are_no_text_ask_for_the_encoding(tmp_path):
    assert "neither UTF-8 nor GB 18030" in str(refused(tmp_path, b"arrived\n\xff\xff\xff\n"))


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_splits_the_heading_most(tmp_path, sign):
    found = table(tmp_path, sign.join(("arrived", "service", "note")) + "\n" + sign.join(("9:00", "a", "b")) + "\n")
    assert found.iloc[0].tolist() == ["9:00", "a", "b"]


def test_a_said_separator_wins_over_a_more_frequent_sign(tmp_path):
    content = "arrived;a,b,c\n9:00;x\n"
    assert list(table(tmp_path, content, separator=";").columns) == ["arrived", "a,b,c"]
    assert table(tmp_path, "arrived~service\n9:00~x\n", separator="~").shape == (1, 2)


@pytest.mark.parametrize("sign", ["tab", r"\t", ";;", "\n", '"'])
def test_a_separator_that_cannot_separate_is_refused_with_an_example(tmp_path, sign):
    told = refused(tmp_path, PLAIN, separator=sign)
    assert "`separator`" in str(told) and '";"' in str(told)


def test_cells_may_hold_commas_quotes_and_line_breaks(tmp_path):
    found = table(tmp_path, 'arrived,note\n9:00,"a, ""b""\nc"\n')
    assert found["note"].tolist() == ['a, "b"\nc']


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n\r\n", gzip.compress(b""), gzip.compress(b" \n")],
    ids=["nothing", "blank lines", "only a mark", "a mark and blank lines", "packed nothing", "packed blank"],
)
def test_a_file_without_a_word_is_called_empty(tmp_path, content):
    assert str(refused(tmp_path, content)) == "history.csv is empty."


@pytest.mark.parametrize("content", ["arrived,service\n", "arrived,service", "arrived,service\n\n\n"])
def test_a_heading_alone_is_no_history(tmp_path, content):
    assert "a heading but no row" in str(refused(tmp_path, content))


def test_heading_cells_lose_their_spaces_and_stray_marks(tmp_path):
    found = table(tmp_path, " arrived ,\ufeffservice\n9:00,a\n")
    assert list(found.columns) == ["arrived", "service"]


def test_two_columns_of_one_name_are_refused_and_unnamed_ones_are_not(tmp_path):
    assert "two columns named 'arrived'" in str(refused(tmp_path, "arrived,,, arrived\n1,2,3,4\n"))
    assert table(tmp_path, "arrived,,\n1,,\n").shape == (1, 3)


def test_rows_of_another_width_are_all_listed_with_their_numbers(tmp_path):
    told = refused(tmp_path, "arrived,service\n9:00,a\n9:01\n9:02,b\n9:03,c,d\n9:04,e\n")
    assert [(p["row"], p["message"]) for p in told.problems] == [
        (3, "has 1 cells, the heading has 2"),
        (5, "has 3 cells, the heading has 2"),
    ]
    assert "2 rows do not fit the heading, first row 3: 1 cells instead of 2" in str(told)


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ("arrived,service\n9:00,a\n9:01", 3),
        ("arrived,service\n9:00,a\n9:01,", 3),
        ("arrived,service\n9:00", 2),
    ],
    ids=["a cell is missing", "the last cell is empty without a line end", "the only row"],
)
def test_a_last_row_that_is_cut_off_refuses_the_file(tmp_path, content, row):
    told = refused(tmp_path, content)
    assert f"Row {row}: the file ends in the middle of a row" in str(told)
    assert [p["row"] for p in told.problems] == [row]


@pytest.mark.parametrize(
    "content",
    ["arrived,service\n9:00,a\n9:01,\n", "arrived,service\n9:00,a\n9:01,b"],
    ids=["an empty cell before a line end", "a full last row without a line end"],
)
def test_a_last_row_that_may_be_whole_is_taken(tmp_path, content):
    assert len(table(tmp_path, content)) == 2


def test_a_wide_last_row_is_no_cut_off_row(tmp_path):
    assert "do not fit the heading" in str(refused(tmp_path, "arrived,service\n9:00,a,b\n"))


def test_an_open_quotation_mark_is_named(tmp_path):
    assert "quotation mark" in str(refused(tmp_path, 'arrived,service\n"9:00,a\n9:01,b\n'))


def test_a_blank_line_in_the_middle_stays_a_row_so_that_numbers_match_the_file(tmp_path):
    found = table(tmp_path, "arrived,service\n9:00,a\n\n9:01,b\n")
    assert found["arrived"].tolist() == ["9:00", "", "9:01"]


def test_a_workbook_gives_its_first_sheet_as_text(tmp_path):
    found = table(tmp_path, workbook(["arrived", "ticket"], ["2026-11-23 09:00", "007"], [None, 8]), "h.XLSX")
    assert found.to_numpy().tolist() == [["2026-11-23 09:00", "007"], ["", "8"]]


@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"PK\x03\x04 cut", workbook(["arrived"], ["9:00"])[:-200]],
    ids=["nothing", "text", "a stub", "a cut workbook"],
)  # fmt: skip
def test_a_broken_workbook_is_refused_in_words(tmp_path, content):
    told = refused(tmp_path, content, "history.xlsx")
    assert str(told).startswith("history.xlsx cannot be read: ") and "Export it again" in str(told)


def test_an_archive_that_is_no_workbook_is_refused_in_words(tmp_path):
    for inside in ("note.txt", "xl/workbook.xml"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(inside, "x")
        assert "cannot be read" in str(refused(tmp_path, out.getvalue(), "history.xlsx"))


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx"])
def test_a_file_that_is_not_there_is_said_so(tmp_path, name):
    with pytest.raises(HistoryFileError, match="There is no file"):
        read_table(tmp_path / name)


@pytest.mark.parametrize("name", ["folder.csv", "folder.xlsx"])
def test_a_folder_is_no_file(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(HistoryFileError, match="cannot be read"):
        read_table(tmp_path / name)


def test_a_damaged_packed_file_is_refused_wherever_it_is_damaged(tmp_path):
    packed = gzip.compress(PLAIN.encode() * 20)
    half, without_end, garbled = packed[: len(packed) // 2], packed[:-12], packed[:12] + b"\0" * 30
    for broken in (half, without_end, garbled):
        assert "half a file is not used" in str(refused(tmp_path, broken))
