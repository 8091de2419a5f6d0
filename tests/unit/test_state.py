"""What a journal says of each step, entry by entry."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.deployment.run import refuse_changes
from jumpstart.deployment.state import Attempt, Progress, State
from jumpstart.errors import InputError

HASH = "0x" + 32 * "11"
OTHER = "0x" + 32 * "22"
BLOCK_HASH = "0x" + 32 * "aa"


def attempt(**changes: Any) -> Attempt:
    usual: dict[str, Any] = {
        "step": "apply",
        "number": 7,
        "hash": HASH,
        "raw": b"raw",
        "to": "0x" + 20 * "01",
        "value": 0,
        "data": b"data",
        "gas": 21_000,
        "max_fee": 2**200,
        "tip": 1,
        "block": 40,
    }
    return Attempt(**(usual | changes))


def intent(**changes: Any) -> dict[str, Any]:
    return {"entry": "intent", **attempt(**changes).entry()}


def entry(kind: str, **content: Any) -> dict[str, Any]:
    return {"entry": kind, "step": "apply", **content}


MINED = entry("mined", hash=HASH, block=41, blockHash=BLOCK_HASH, gasUsed=20_000)
CHECKED = entry("checked", block=41, results={"application": "1"})
FOUND = entry("found", block=44, blockHash=BLOCK_HASH, results={"application": "1"})


def progress(*entries: dict[str, Any]) -> Progress:
    return State.of(entries)["apply"]


@given(
    number=st.none() | st.integers(0, 2**64),
    raw=st.none() | st.binary(),
    data=st.binary(),
    value=st.integers(0, 2**256),
    fee=st.integers(0, 2**256),
)
def test_an_attempt_comes_back_as_it_was_written(
    number: int | None, raw: bytes | None, data: bytes, value: int, fee: int
) -> None:
    written = attempt(number=number, raw=raw, data=data, value=value, max_fee=fee)
    assert Attempt.of(written.entry()) == written


def test_a_step_is_sent_once_it_is_written_down() -> None:
    assert not progress().is_sent
    assert progress(intent()).is_sent
    assert progress(intent()).hashes == [HASH]


def test_a_hash_that_the_node_tells_later_is_known_as_well() -> None:
    known = progress(intent(hash=None, raw=None), entry("sent", hash=OTHER))
    assert known.hashes == [OTHER]
    assert progress(intent(), entry("sent", hash=HASH)).hashes == [HASH]


def test_all_attempts_can_be_mined_until_one_is_settled() -> None:
    bumped = progress(intent(), intent(hash=OTHER, max_fee=2**201))
    assert [each.hash for each in bumped.attempts] == [HASH, OTHER]
    assert bumped.hashes == [HASH, OTHER]


def test_it_is_done_when_it_is_checked() -> None:
    assert not progress(intent(), MINED).is_done
    done = progress(intent(), MINED, CHECKED)
    assert done.is_done
    assert not done.is_sent
    assert done.place == (41, BLOCK_HASH)


@pytest.mark.parametrize("kind", ["found", "passed"])
def test_what_others_did_rests_on_the_block_that_showed_it(kind: str) -> None:
    done = progress({**FOUND, "entry": kind})
    assert done.is_done
    assert done.mined is None
    assert done.place == (44, BLOCK_HASH)


@pytest.mark.parametrize("before", [[intent(), MINED], [intent(), MINED, CHECKED]])
def test_what_is_gone_is_sent_as_it_was(before: list[dict[str, Any]]) -> None:
    """With its number and all its attempts: any of them can be mined again."""
    gone = progress(*before, entry("gone", hash=HASH, block=41))
    assert gone.is_sent
    assert not gone.is_done
    assert gone.place is None
    assert gone.hashes == [HASH]


def test_what_was_found_and_is_gone_is_open_again() -> None:
    gone = progress(FOUND, entry("gone", hash=None, block=44))
    assert not gone.is_done
    assert not gone.is_sent
    assert gone.place is None


@pytest.mark.parametrize("kind", ["failed", "replaced"])
def test_a_settled_number_lets_the_step_have_another(kind: str) -> None:
    settled = State.of([intent(), MINED, entry(kind, hash=HASH)])
    assert not settled["apply"].is_sent
    assert settled["apply"].hashes == []
    assert settled.numbers == []


def test_numbers_of_what_is_done_stay_taken() -> None:
    assert State.of([intent(), MINED, CHECKED]).numbers == [7]


def test_the_highest_block_is_of_any_entry() -> None:
    """Also of a transaction that failed since: a node below it has not seen it."""
    assert State.of([]).highest_block == 0
    assert State.of([intent()]).highest_block == 40
    assert State.of([intent(), MINED, entry("failed", hash=HASH)]).highest_block == 41
    assert State.of([FOUND]).highest_block == 44


def test_the_chain_may_be_lower_after_it_went_back() -> None:
    assert State.of([intent(), MINED, entry("gone", hash=HASH, block=41)]).highest_block == 40


def test_a_deployment_that_lost_a_step_is_not_ended() -> None:
    ended = [intent(), MINED, CHECKED, {"entry": "end"}]
    assert State.of(ended).is_ended
    assert not State.of([*ended, entry("gone", hash=HASH, block=41)]).is_ended


def test_every_difference_is_named() -> None:
    """In one line: changed, missing, added, in a row of a list, and lists of other lengths."""
    before = {"a": "1", "b": {"c": "2", "gone": "3"}, "rows": [{"x": "4"}, {"x": "5"}], "l": ["6"]}
    now = {"a": "9", "b": {"c": "8", "new": "7"}, "rows": [{"x": "4"}, {"x": "0"}], "l": []}
    with pytest.raises(InputError) as refusal:
        refuse_changes(before, now)
    assert str(refusal.value) == (
        "this is not the deployment that was begun; a: begun with 1, now 9; "
        "b.c: begun with 2, now 8; b.gone: begun with 3, now None; b.new: begun with None, now 7; "
        "l: begun with ['6'], now []; rows[1].x: begun with 5, now 0"
    )
    refuse_changes(before, dict(before))
