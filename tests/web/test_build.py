"""The page that is in the package is the one that `web/` builds, small, and calculates as the models do."""

import gzip
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jumpstart.allotment import tiered
from jumpstart.allotment.tiered import Demand
from jumpstart.amounts import mul_div_up
from jumpstart.chain.compiler import PROJECT_ROOT
from jumpstart.schedule import Vesting, vested_down
from jumpstart.site.site import BUILT, built
from jumpstart.tree import HOLDING_TYPES, Tree
from tools.page_abi import TARGET, module

WEB = PROJECT_ROOT / "web"
MOST = 60_000  # bytes of script, compressed, before anything is shown
MINUTES = 120.0

Run = Callable[[list[tuple[str, list[Any]]]], list[Any]]


def npx(*words: str | Path) -> str:
    """A program of web/node_modules, with the project's Node."""
    own = PROJECT_ROOT / ".toolchain" / "node" / "bin"
    done = subprocess.run(
        [WEB / "node_modules" / ".bin" / words[0], *words[1:]],
        cwd=WEB,
        env=os.environ | {"PATH": f"{own}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=MINUTES,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_in_the_package_is_what_the_sources_build(tmp_path: Path) -> None:
    npx("tsc")
    npx("vite", "build", "--outDir", tmp_path, "--emptyOutDir")
    assert {each.name for each in tmp_path.iterdir()} == set(BUILT)
    for name in BUILT:
        assert (tmp_path / name).read_bytes() == built(name), f"{name}: run `make web`"


def test_the_page_knows_the_contracts_as_they_are() -> None:
    assert TARGET.read_text() == module(), "run `make web`"


def test_the_script_is_small() -> None:
    assert len(gzip.compress(built("page.js"), 9)) <= MOST


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs functions of the page in Node."""
    folder = tmp_path_factory.mktemp("arithmetic")
    npx("vite", "build", "--config", "tests/vite.config.js", "--outDir", folder)
    own = PROJECT_ROOT / ".toolchain" / "node" / "bin"

    def run(cases: list[tuple[str, list[Any]]]) -> list[Any]:
        done = subprocess.run(
            ["node", folder / "arithmetic.mjs"],
            env=os.environ | {"PATH": f"{own}{os.pathsep}{os.environ['PATH']}"},
            input=json.dumps(cases, default=str),
            capture_output=True,
            text=True,
            timeout=MINUTES,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: list[Any] = json.loads(done.stdout)
        return found

    return run


def big(value: int) -> str:
    return f"{value}n"


amounts = st.one_of(st.integers(0, 100), st.integers(0, 2**96 - 1))
tables = st.lists(st.integers(1, 65_534), min_size=1, max_size=6, unique=True).map(sorted)

MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(supply=st.integers(1, 2**96 - 1), table=tables, data=st.data())
@MANY
def test_allotments_are_the_models(
    run: Run, supply: int, table: list[int], data: st.DataObject
) -> None:
    rows = {each: data.draw(amounts) for each in table}
    outcome = tiered.settle(
        supply, {each: Demand(subscribed=amount, accounts=1) for each, amount in rows.items()}
    )
    written = [
        {"coefficient": big(each), "subscribed": big(amount)} for each, amount in rows.items()
    ]
    wanted = {
        "remaining": big(outcome.remaining),
        "weight": big(outcome.weight),
        "fullFrom": big(outcome.full_from),
    }
    cases: list[tuple[str, list[Any]]] = [("settle", [big(supply), written])]
    cases += [("allotmentDown", [big(amount), big(each), wanted]) for each, amount in rows.items()]
    expected = [big(tiered.allotment_down(amount, each, outcome)) for each, amount in rows.items()]
    assert run(cases) == [wanted, *expected]


@pytest.mark.parametrize(
    ("supply", "rows"),
    [(10, {1: 4, 3: 10}), (10, {2: 10}), (10, {1: 0, 2: 10}), (30, {1: 10, 2: 20}), (1, {5: 0})],
)
def test_what_is_just_enough_is_settled_as_by_the_model(
    run: Run, supply: int, rows: dict[int, int]
) -> None:
    outcome = tiered.settle(
        supply, {each: Demand(subscribed=amount, accounts=1) for each, amount in rows.items()}
    )
    written = [
        {"coefficient": big(each), "subscribed": big(amount)} for each, amount in rows.items()
    ]
    (found,) = run([("settle", [big(supply), written])])
    assert found == {
        "remaining": big(outcome.remaining),
        "weight": big(outcome.weight),
        "fullFrom": big(outcome.full_from),
    }


@given(data=st.data())
@MANY
def test_a_preview_holds_whatever_others_do(run: Run, data: st.DataObject) -> None:
    """Nobody who asks for more afterwards brings an allotment above the best or below the worst case."""
    table = data.draw(tables)
    supply = data.draw(st.integers(1, 10**6))
    rows = [data.draw(st.integers(0, 10**6)) for _ in table]
    total = sum(rows)
    limit = total + data.draw(st.integers(1, 10**6))
    own, more = data.draw(st.sampled_from(range(len(table)))), data.draw(st.integers(1, 10**6))
    has = data.draw(st.integers(0, rows[own]))
    written = [
        {"coefficient": big(each), "subscribed": big(amount)}
        for each, amount in zip(table, rows, strict=True)
    ]
    session = {"supply": big(supply), "limit": big(limit)}
    me = {"coefficient": big(table[own]), "has": big(has)}
    (found,) = run([("preview", [session, written, me, big(more)])])
    accepted, best, worst = (
        int(found[name].removesuffix("n")) for name in ("accepted", "best", "worst")
    )
    assert accepted == min(more, limit - total)
    later = list(rows)
    later[own] += accepted
    room = limit - total - accepted
    for row in range(len(table)):
        extra = data.draw(st.integers(0, room))
        later[row] += extra
        room -= extra
    outcome = tiered.settle(
        supply,
        {
            each: Demand(subscribed=amount, accounts=1)
            for each, amount in zip(table, later, strict=True)
        },
    )
    assert worst <= tiered.allotment_down(has + accepted, table[own], outcome) <= best


@given(total=amounts, data=st.data())
@MANY
def test_vesting_is_the_models(run: Run, total: int, data: st.DataObject) -> None:
    duration = data.draw(st.integers(0, 10**8))
    vesting = Vesting(
        start=data.draw(st.integers(0, 2**32)),
        unlock_bps=10_000 if duration == 0 else data.draw(st.integers(0, 10_000)),
        cliff_seconds=data.draw(st.integers(0, duration)),
        duration_seconds=duration,
        step_seconds=data.draw(st.integers(0, duration)),
    )
    written = {
        "start": big(vesting.start),
        "unlockBps": big(vesting.unlock_bps),
        "cliffSeconds": big(vesting.cliff_seconds),
        "durationSeconds": big(vesting.duration_seconds),
        "stepSeconds": big(vesting.step_seconds),
    }
    times = [vesting.start + data.draw(st.integers(-5, duration + 5)) for _ in range(5)]
    times = [max(0, each) for each in times]
    found = run(
        [("vestedDown", [big(total), written, big(each)]) for each in times]
        + [("nextMoment", [written, big(each)]) for each in times]
    )
    vested = [vested_down(total, vesting, each) for each in times]
    assert found[: len(times)] == [big(each) for each in vested]
    for time, now, said in zip(times, vested, found[len(times) :], strict=True):
        if said is None:
            assert now == total
            continue
        moment = int(said.removesuffix("n"))
        assert moment > time
        # Nothing becomes free in between.
        assert vested_down(total, vesting, moment - 1) == now


def test_amounts_are_read_and_written_exactly(run: Run) -> None:
    found = run(
        [
            ("parsed", ["1 234,5", 6]),
            ("parsed", ["1'234.5", 6]),
            ("parsed", ["0.0000001", 6]),
            ("parsed", ["", 6]),
            ("parsed", [".", 6]),
            ("parsed", ["-1", 6]),
            ("parsed", ["1e5", 6]),
            ("written", [big(1_234_500_000), 6, "en-GB"]),
            ("written", [big(2**256 - 1), 18, "en-GB"]),
            ("mulDivUp", [big(10), big(3), big(4)]),
            ("legible", ["a\u202eb\u200b\n c<b>", 20]),
            ("legible", ["x" * 30, 12]),
        ]
    )
    most = f"{(2**256 - 1) // 10**18:,}.{str((2**256 - 1) % 10**18).rjust(18, '0').rstrip('0')}"
    assert found == [
        big(1_234_500_000),
        big(1_234_500_000),
        *([None] * 5),
        "1,234.5",
        most,
        big(mul_div_up(10, 3, 4)),
        "ab c<b>",
        "x" * 11 + "…",
    ]


def test_proofs_lead_to_the_root_of_the_tree(run: Run) -> None:
    rows = [(f"0x{number:040x}", str(number**9)) for number in range(1, 40)]
    tree = Tree.of(rows, HOLDING_TYPES)
    cases: list[tuple[str, list[Any]]] = [
        (
            "rootFrom",
            [
                account,
                {
                    "holding": big(int(holding)),
                    "path": ["0x" + each.hex() for each in tree.proof(place)],
                },
            ],
        )
        for place, (account, holding) in enumerate(rows)
    ]
    assert set(run(cases)) == {"0x" + tree.root.hex()}
