"""Reading the published table of judgments, and refusing what is not one."""

from __future__ import annotations

import json

import pytest

from studies.analysis.paper import JudgmentsError, parse_judgments
from studies.analysis.table import TableError

from .conftest import paper_file

HEADER = "model_1,model_2,example,winner_overall,winner_motion"
ROWS = ["a,b,x,a,EQUAL", "b,c,x,c,b"]


def parse(*lines, header=HEADER, rows_per_rater=2):
    return parse_judgments([f"{line}\n" for line in (header, *lines)], rows_per_rater)


def refusal(*lines, **options):
    with pytest.raises(JudgmentsError) as refused:
        parse(*lines, **options)
    message = str(refused.value)
    assert message.endswith(".")
    return message


def test_the_published_file_is_read_whole(judgments):
    assert len(judgments.rows) == 1950
    assert len(judgments.raters) == 65
    assert len(judgments.animations) == 214
    assert sorted(judgments.systems) == ["claude", "gemini", "gpt", "llama", "qwen3vl"]
    assert set(judgments.dimensions) == {"overall", "appearance", "motion"}


def test_its_blocks_are_those_of_the_published_design(judgments):
    """The design lists 20 blocks; ours come from the answers alone, and match it to side and order."""
    design = json.loads(paper_file("blocks.json").read_text(encoding="utf-8"))
    published = [[(t["video_name"], t["left_model"], t["right_model"]) for t in block] for block in design]
    recovered: dict[str, list] = {}
    for row in judgments.rows:
        recovered.setdefault(row.rater, []).append((row.animation, row.left, row.right))
    assert len(judgments.blocks) == 20
    block_of = {row.rater: row.block for row in judgments.rows}
    number = {}
    for rater, shown in recovered.items():
        assert shown in published
        number.setdefault(block_of[rater], published.index(shown))
        assert number[block_of[rater]] == published.index(shown)
    assert sorted(number.values()) == list(range(20))


def test_a_row_becomes_answers_in_words():
    first, second = parse(*ROWS).rows
    assert (first.left, first.right, first.animation) == ("a", "b", "x")
    assert first.winners == {"overall": "a", "motion": None}
    assert (first.rater, second.rater) == ("rater-1", "rater-1")
    assert (first.position, second.position) == (1, 2)


def test_a_row_becomes_a_rating_on_the_right_side():
    table = parse("b,a,x,a,EQUAL", "b,a,y,b,a").table("overall")
    assert table.value.tolist() == [1, -1]
    assert table.side.tolist() == [-1, 1]


def test_raters_may_be_named_and_then_rate_unequal_numbers():
    parsed = parse(
        "a,b,x,a,a,ann", "a,b,x,b,b,bob", "a,b,y,b,b,ann", header=HEADER + ",rater", rows_per_rater=None
    )
    assert parsed.raters == ("ann", "bob")
    assert [row.position for row in parsed.rows] == [1, 1, 2]


def test_someone_who_stopped_early_belongs_to_the_block_he_began():
    lines = ["a,b,x,a,a,ann", "a,b,y,b,b,ann", "b,a,y,b,b,bob", "a,b,z,b,b,cat"]
    blocks = {row.rater: row.block for row in parse(*lines, header=HEADER + ",rater").rows}
    assert blocks == {"ann": "block-01", "bob": "block-01", "cat": "block-02"}


def test_blocks_may_be_named():
    parsed = parse("a,b,x,a,a,late", "a,b,y,b,b,late", header=HEADER + ",block")
    assert parsed.blocks == ("late",)


def test_a_byte_order_mark_crlf_and_trailing_empty_lines_are_no_mistake():
    parsed = parse_judgments(
        ["\ufeff" + HEADER + "\r\n", ROWS[0] + "\r\n", ROWS[1] + "\r\n", "\r\n", "\n"], 2
    )
    assert len(parsed.rows) == 2


def test_a_cell_may_be_quoted_and_hold_a_comma():
    assert parse('a,b,"x, again",a,a', "a,c,x,a,a").rows[0].animation == "x, again"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["a,b,x,a,EQUAL", "a,b,y,d,a"], "Line 3 names “d” as winner_overall"),
        (["a,b,x,a,EQUAL", "a,b,y,a,equal"], "Line 3 names “equal” as winner_motion"),
        (["a,a,x,a,EQUAL", "a,b,y,a,a"], "Line 2 compares a with itself"),
        (["a,b,x,a", "a,b,y,a,a"], "Line 2 has 4 cells where the header has 5"),
        (["a,b,x,a,a,a", "a,b,y,a,a"], "Line 2 has 6 cells"),
        (["a,b,,a,a", "a,b,y,a,a"], "Line 2 has nothing under example"),
        (["a,b,x,a,a", "", "a,b,y,a,a"], "Line 3 is empty"),
        (["a,b,x,a,a", "b,a,x,a,a"], "Line 3 repeats line 2: rater rater-1 judged a against b on x twice"),
        (["a,b,x,a,a", "a,b,y,a,a", "a,b,z,a,a"], "3 judgments, no multiple of 2"),
        ([], "a header and no judgments"),
    ],
)
def test_it_refuses_a_row_that_does_not_fit_and_says_where(lines, says):
    assert says in refusal(*lines)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("model_1,example,winner_overall", "lacks the column model_2"),
        ("model_1,model_2,example", "lacks the column winner_overall"),
        (HEADER + ",age", "unknown column “age”"),
        (HEADER + ",winner_motion", "names the column winner_motion twice"),
    ],
)
def test_it_refuses_a_header_that_does_not_fit(header, says):
    assert says in refusal(*ROWS, header=header)


def test_it_refuses_an_empty_file():
    with pytest.raises(JudgmentsError, match="The file is empty"):
        parse_judgments([])


def test_it_asks_for_the_rows_per_rater_where_raters_are_not_named():
    assert "no rater column" in refusal(*ROWS, rows_per_rater=None)
    assert "1 or more" in refusal(*ROWS, rows_per_rater=0)


def test_it_refuses_a_dimension_the_file_does_not_have():
    with pytest.raises(TableError, match="no dimension colour; choose one of overall, motion"):
        parse(*ROWS).table("colour")
