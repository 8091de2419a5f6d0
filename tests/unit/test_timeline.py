"""Blocks by time: the same as looking at every header, in few requests, however blocks come."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.chain.blocks import header_hash
from jumpstart.chain.client import BlockHeader, Chain
from jumpstart.chain.timeline import Timeline
from jumpstart.errors import ChainError, InputError

GAPS = st.lists(st.one_of(st.just(0), st.just(12), st.integers(0, 5_000)), min_size=1, max_size=200)


@dataclass
class Headers:
    """As much of a chain as a timeline asks for."""

    times: list[int]
    asked: int = 0
    chain_id: int = 7
    randomness: Callable[[int], int] = lambda number: 0
    difficulty: int = 0
    is_local: bool = True

    def raw(self, number: int, parent: str = "0x" + 64 * "0") -> dict[str, Any]:
        """As a node answers, with the hash that its fields come to."""
        zero = "0x" + 64 * "0"
        fields: dict[str, Any] = {
            **dict.fromkeys(("sha3Uncles", "stateRoot", "transactionsRoot", "receiptsRoot"), zero),
            "parentHash": parent,
            "miner": "0x" + 40 * "0",
            "logsBloom": "0x" + 512 * "0",
            "difficulty": hex(self.difficulty),
            "number": hex(number),
            "gasLimit": "0x0",
            "gasUsed": "0x0",
            "timestamp": hex(self.times[number]),
            "extraData": "0x",
            "mixHash": f"0x{self.randomness(number):064x}",
            "nonce": "0x" + 16 * "0",
        }
        return {**fields, "hash": header_hash(fields)}

    def batch(self, requests: list[tuple[str, tuple[str, bool]]]) -> list[dict[str, Any]]:
        """Blocks two by two, the second after the first."""
        answers = []
        for _, (number, _) in requests[::2]:
            first = self.raw(int(number, 16))
            answers += [first, self.raw(int(number, 16) + 1, first["hash"])]
        return answers

    def header(self, block: Any = "latest") -> BlockHeader:
        self.asked += 1
        number = len(self.times) - 1 if isinstance(block, str) else block
        return BlockHeader(
            number=number,
            hash=f"0x{number:064x}",
            parent_hash=f"0x{number - 1:064x}",
            timestamp=self.times[number],
            prev_randao=self.randomness(number),
            base_fee=0,
            difficulty=self.difficulty,
        )


def timeline_of(times: list[int]) -> tuple[Timeline, Headers]:
    headers = Headers(times)
    return Timeline(cast(Chain, headers)), headers


def times_of(gaps: list[int]) -> list[int]:
    times = [1_000]
    for gap in gaps:
        times.append(times[-1] + gap)
    return times


@given(GAPS, st.data())
def test_blocks_are_those_that_a_look_at_all_finds(gaps: list[int], data: st.DataObject) -> None:
    """Gaps of any length, blocks of one second, several questions to one timeline."""
    times = times_of(gaps)
    timeline, _ = timeline_of(times)
    for _ in range(5):
        time = data.draw(st.sampled_from(times)) + data.draw(st.integers(-2, 2))
        older = [number for number, each in enumerate(times) if each <= time]
        younger = [number for number, each in enumerate(times) if each >= time]
        if time < times[0]:
            with pytest.raises(InputError, match="begins"):
                timeline.newest_at(time)
        elif time >= times[-1]:
            with pytest.raises(InputError, match="and not beyond"):
                timeline.newest_at(time)
        else:
            assert timeline.newest_at(time).number == older[-1]
        if younger:
            assert timeline.oldest_from(time).number == younger[0]
        else:
            with pytest.raises(InputError, match="has come to block"):
                timeline.oldest_from(time)


def test_blocks_of_an_even_chain_take_few_requests() -> None:
    """Ten million blocks; the first time of all is 0, as on some chains."""
    times = [0, *range(1_600_000_000, 1_720_000_000, 12)]
    timeline, headers = timeline_of(times)
    for day in range(30):
        assert timeline.newest_at(1_700_000_000 + 86_400 * day).number == (
            1 + (100_000_000 + 86_400 * day) // 12
        )
    assert headers.asked < 30 * 8


def test_an_uneven_chain_takes_no_more_than_twice_a_binary_search() -> None:
    """All blocks but one in the first second."""
    times = [*([0] * 1_000_000), 10**9]
    timeline, headers = timeline_of(times)
    assert timeline.newest_at(5).number == 999_999
    assert headers.asked <= 2 + 2 * 20


def test_times_that_fall_are_refused() -> None:
    """No chain has them, but a node may say so."""
    timeline, _ = timeline_of([0, 10, 5, 20, 30, 40])
    with pytest.raises(
        ChainError, match=r"chain 7: block 2 is of 1970-01-01T00:00:05Z, blocks 1 and"
    ):
        [timeline.newest_at(time) for time in (12, 9, 11, 19, 7)]
