"""Receipts: each proves itself, here and in JavaScript, and no other one with any part changed does."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumpstart.audit.receipt import figures as of_figures
from jumpstart.audit.receipt.figures import verify
from jumpstart.audit.receipt.page import render, told
from jumpstart.chain.compiler import compile_contracts
from jumpstart.cli import main
from jumpstart.errors import InputError, ProofError
from tests.html import Page
from tests.receipts import verdicts_there

DATA = Path(__file__).parents[1] / "data"
EXITED = json.loads(DATA.joinpath("receipt-exited.json").read_text())
REFUNDED = json.loads(DATA.joinpath("receipt-refunded.json").read_text())
TOKENS = {
    name: {"address": f"0x{number:040x}", "symbol": symbol, "decimals": "18"}
    for number, (name, symbol) in enumerate(
        (("sale", "EM"), ("payment", "USDT"), ("bond", "OKB"), ("holding", "OKB")), 1
    )
}


def here(receipt: Any) -> str:
    """The verdict of the one verifier."""
    try:
        verify(receipt)
    except (InputError, ProofError) as error:
        return f"refused: {error}"
    return "ok"


@pytest.mark.parametrize("receipt", [EXITED, REFUNDED])
def test_a_receipt_proves_itself(receipt: dict[str, Any]) -> None:
    assert here(receipt) == "ok"
    assert verdicts_there([receipt]) == ["ok"]


# ------------------------------------------------------------------------------------------- tampering


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there is something that could be changed."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*place, name))
    elif isinstance(value, list):
        for row, each in enumerate(value):
            yield from leaves(each, (*place, row))
    else:
        yield place


def others(value: Any) -> Iterator[Any]:
    """The same, changed by the least, and other things in its place."""
    if isinstance(value, bool):
        yield not value
    elif value is None:
        yield from ("0", {})
    elif value.startswith("0x") and len(value) > 2:
        for place in {2, len(value) // 2, len(value) - 1}:
            digit = "1" if value[place] != "1" else "2"
            yield value[:place] + digit + value[place + 1 :]
        yield value[:-2]
        yield value + "00"
    elif value.isdigit():
        yield from (str(int(value) + 1), str(int(value) - 1), "0" + value)
    else:
        yield from (value + "x", "")
    yield from (None, [], {}) if value is not None else ()


def changed(receipt: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    other = copy.deepcopy(receipt)
    parent: Any = other
    for name in place[:-1]:
        parent = parent[name]
    parent[place[-1]] = value
    return other


def structural(receipt: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Parts that are missing, twice or in another order."""
    for part in receipt:
        yield {name: each for name, each in receipt.items() if name != part}
    yield receipt | {"note": "the project pays twice"}
    events = receipt["events"]
    yield receipt | {"events": events[:-1]}
    yield receipt | {"events": events[1:]}
    yield receipt | {"events": events[::-1]}
    yield receipt | {"events": [*events, events[-1]]}
    nodes = receipt["block"]["nodes"]
    for row in range(len(nodes)):
        yield receipt | {"block": receipt["block"] | {"nodes": nodes[:row] + nodes[row + 1 :]}}
    yield receipt | {"block": receipt["block"] | {"nodes": [*nodes, "0xc0"]}}
    yield receipt | {"block": receipt["block"] | {"header": events[0]["header"]}}
    yield receipt | {"holding": None}
    yield receipt | {"account": receipt["sale"]}
    yield receipt | {"sale": receipt["escrow"], "escrow": receipt["sale"]}
    yield receipt | {"account": receipt["account"].lower()}


@pytest.mark.parametrize(
    ("receipt", "every"),
    [
        (EXITED, 7),
        (REFUNDED, 7),
        pytest.param(EXITED, 1, marks=pytest.mark.deep),
        pytest.param(REFUNDED, 1, marks=pytest.mark.deep),
    ],
)
def test_no_part_of_a_receipt_can_be_changed(receipt: dict[str, Any], every: int) -> None:
    """Every leaf, by the least: refused here, and of `every` so many one there as well."""
    tampered = [
        (place, changed(receipt, place, value))
        for place in leaves(receipt)
        if place[0] != "audit"  # is told, and not proved
        for original in [_at(receipt, place)]
        for value in others(original)
        if value != original
    ]
    tampered += [(("structure",), each) for each in structural(receipt)]
    assert len(tampered) > 500
    for place, each in tampered:
        assert here(each) != "ok", place
    chosen = tampered[::every]
    for (place, _), verdict in zip(
        chosen, verdicts_there([each for _, each in chosen]), strict=True
    ):
        assert verdict != "ok", place


def _at(receipt: Any, place: tuple[Any, ...]) -> Any:
    for name in place:
        receipt = receipt[name]
    return receipt


def test_a_figure_that_differs_is_named_with_both_values() -> None:
    allotted = EXITED["figures"]["allotted"]
    other = changed(EXITED, ("figures", "allotted"), str(int(allotted) + 1))
    with pytest.raises(ProofError, match=rf"figures.allotted: {allotted} follows .* says \d+2?"):
        verify(other)


def test_what_is_no_receipt_is_refused_as_bad_input() -> None:
    others: tuple[Any, ...] = (
        {},
        EXITED | {"format": "jumpstart-receipt-v2"},
        EXITED | {"block": 3},
        [],
        3,
        None,
    )
    for other in others:
        with pytest.raises(InputError):
            verify(other)


def test_slots_are_where_the_compiler_puts_them() -> None:
    layout = compile_contracts()["SubscriptionSale"].storage_layout["storage"]
    slots = {row["label"]: int(row["slot"]) for row in layout}
    assert tuple(
        slots[name]
        for name in ("_state", "_holdingsRoot", "_positionOf", "_demandOf", "_settlementOf")
    ) == (
        of_figures.STATE,
        of_figures.HOLDINGS_ROOT,
        of_figures.POSITIONS,
        of_figures.DEMANDS,
        of_figures.SETTLEMENTS,
    )


# ------------------------------------------------------------------------------------- words and page


def test_sentences_say_what_it_got_and_by_which_division() -> None:
    said = told(EXITED, TOKENS)
    words = " ".join(each.words for each in said)
    assert "it exited, as the project had not delivered" in words
    division = next(each.calculation for each in said if each.calculation)
    top, rest = division.strip("⌊").split(" ÷ ")
    weight, result = rest.split("⌋ = ")
    one, two, three = map(int, top.split(" × "))
    assert one * two * three // int(weight) == int(result)
    words = " ".join(each.words for each in told(REFUNDED, TOKENS))
    assert "The sale failed, and the account has taken back all" in words


def test_page_runs_nothing_but_the_verifier_and_asks_nobody() -> None:
    hostile = TOKENS | {"sale": TOKENS["sale"] | {"symbol": "</script><b>"}}
    text = render(EXITED, hostile)
    page = Page(text)
    assert page.attributes("script", "type") == ["application/json", None]
    assert page.count("b") == 0
    policy = next(each for each in page.attributes("meta", "content") if each and "src" in each)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    assert "://" not in text
    start = text.index('id="receipt">') + len('id="receipt">')
    assert json.loads(text[start : text.index("</script>", start)]) == EXITED


# --------------------------------------------------------------------------------------------- command


def test_command_says_what_is_proved_and_what_it_rests_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = DATA / "receipt-exited.json"
    assert main(["verify-receipt", str(path)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "proved"
    hashes = {each["blockHash"] for each in EXITED["figures"]["events"]}
    for hashed in hashes | {EXITED["figures"]["blockHash"]}:
        assert sum(hashed in line for line in out) == 1
    right = EXITED["figures"]["blockHash"]
    assert main(["verify-receipt", str(path), "--block-hash", right.upper().replace("X", "x")]) == 0
    capsys.readouterr()
    assert main(["verify-receipt", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == EXITED["figures"]
    wrong = "0x" + 32 * "11"
    assert main(["verify-receipt", str(path), "--block-hash", wrong]) == 1
    err = capsys.readouterr().err
    assert wrong in err
    assert right in err
    other = tmp_path / "other.json"
    other.write_text(json.dumps(changed(EXITED, ("figures", "cost"), "1")))
    assert main(["verify-receipt", str(other)]) == 1
    assert "figures.cost" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', "[" * 100_000, "3", '"\\ud800"'])
def test_command_refuses_what_is_no_receipt(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(text)
    assert main(["verify-receipt", str(path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert main(["verify-receipt", str(tmp_path / "nothing.json")]) == 2
