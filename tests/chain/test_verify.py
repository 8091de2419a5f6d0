"""A record that is true is found true, and one changed value, anywhere, is found and named."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jumpstart.chain.client import Chain
from jumpstart.chain.node import LocalNode
from jumpstart.deployment import record
from jumpstart.deployment.verification import verify as verification
from jumpstart.deployment.verification.findings import Difference
from jumpstart.errors import InputError
from tests.chain.site import Site
from tests.chain.stage import Stage

NAMES = ("example", "my-sale")
SOMEBODY = "0x" + "5a" * 20


@pytest.fixture(scope="module")
def site(
    node: LocalNode, chain: Chain, stage: Stage, tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """Platform and sale, deployed once for all tests of the module."""
    folder = tmp_path_factory.mktemp("site")
    built = Site.built(node, chain, stage.payment_token.address, folder)
    built.deploy_all()
    return built


@pytest.fixture(scope="module", autouse=True)
def _rebuilt_once(site: Site) -> Iterator[None]:
    """What the same inputs lead to is rebuilt once: else each of some hundred changes would start a chain."""
    known: dict[Any, dict[str, bytes]] = {}

    def once(real: Callable[..., dict[str, bytes]]) -> Callable[..., dict[str, bytes]]:
        def rebuild(expected: Any, artifacts: Any, chain_id: int) -> dict[str, bytes]:
            if expected.contracts not in known:
                known[expected.contracts] = real(expected, artifacts, chain_id)
            return known[expected.contracts]

        return rebuild

    with pytest.MonkeyPatch.context() as patch:
        for name in ("platform_code", "sale_code"):
            patch.setattr(verification, name, once(getattr(verification, name)))
        yield


@pytest.fixture
def still(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Chain:
    """The chain while nothing happens on it: what was asked once is known."""
    known: dict[str, Any] = {}
    real = chain.request

    def request(method: str, *params: Any) -> Any:
        question = json.dumps([method, params])
        if question not in known:
            known[question] = real(method, *params)
        return known[question]

    monkeypatch.setattr(chain, "request", request)
    sources = record.compiler_input()
    monkeypatch.setattr(record, "compiler_input", lambda: sources)
    return chain


def differences(path: Path, chain: Chain) -> list[Difference]:
    return verification.verify(path, chain).differences


@pytest.mark.parametrize("name", NAMES)
def test_what_was_deployed_is_found_as_recorded(site: Site, name: str) -> None:
    """By the command, with how much was compared."""
    status, out, err = site.run("verify", str(site.record(name)))
    assert (status, err) == (0, "")
    compared = int(out.split()[0])
    assert compared > 150
    status, out, _ = site.run("verify", str(site.record(name)), "--json")
    found = json.loads(out)
    assert (status, found["consistent"], found["differences"]) == (0, True, [])
    assert sum(found["compared"].values()) == compared


def test_a_sale_is_verified_in_the_middle_of_its_life_too(site: Site, chain: Chain) -> None:
    """What participants did is left to the replay, and that is said."""
    sale = json.loads(site.record("my-sale").read_text())["steps"][-1]["results"]["sale"]
    contract = chain.contract("SubscriptionSale", sale)
    publisher = contract.chain.contract("TermsRules", site.platform().terms_rules.address).call(
        "termsOf", sale
    )
    contract.send("publishHoldings", b"\x01" * 32, sender=publisher.parties.holdingsPublisher)
    findings = verification.verify(site.record("my-sale"), chain)
    assert findings.differences == []
    assert ("1 events HoldingsPublished", "of the sale's life: for the replay") in findings.left
    assert any(what == "SubscriptionSale.opening" for what, _ in findings.left)


# ---------------------------------------------------------------------------------------- the record


def leaves(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    match content:
        case dict():
            for name, value in content.items():
                yield from leaves(value, (*path, name))
        case list():
            for index, value in enumerate(content):
                yield from leaves(value, (*path, index))
        case _:
            yield path, content


def changed(value: Any) -> Any:
    """The smallest change that keeps the form."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return 1
        case str() if value.isdecimal():
            return str(int(value) + 1)
        case str() if value.startswith("0x"):
            last = value[-1]
            return value[:-1] + ("1" if last != "1" else "2")
        case str():
            return value + "x"
    raise AssertionError(value)


def put(content: Any, path: tuple[Any, ...], value: Any) -> None:
    *parents, last = path
    for step in parents:
        content = content[step]
    content[last] = value


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_record_can_be_changed(
    site: Site, still: Chain, tmp_path: Path, name: str
) -> None:
    """Each of them, one at a time. What cannot even be read is refused, which says which field."""
    original = site.record(name).read_text()
    shutil.copy(site.of(name) / "compiler-input.json", tmp_path)
    path = tmp_path / "record.json"
    silent = []
    tried = 0
    for leaf, value in leaves(json.loads(original)):
        content = json.loads(original)
        put(content, leaf, changed(value))
        path.write_text(json.dumps(content))
        tried += 1
        try:
            if not differences(path, still):
                silent.append(leaf)
        except InputError:
            pass
    assert tried > 100
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_can_be_added_to_a_record_or_taken_from_it(
    site: Site, still: Chain, tmp_path: Path, name: str
) -> None:
    """Fields and rows alike."""
    original = json.loads(site.record(name).read_text())
    shutil.copy(site.of(name) / "compiler-input.json", tmp_path)
    path = tmp_path / "record.json"

    def without(place: tuple[Any, ...]) -> Any:
        content = json.loads(json.dumps(original))
        at = content
        for step in place[:-1]:
            at = at[step]
        del at[place[-1]]
        return content

    def with_more(place: tuple[Any, ...]) -> Any:
        content = json.loads(json.dumps(original))
        at = content
        for step in place:
            at = at[step]
        at["more"] = "x"
        return content

    objects = [(), ("compiler",), ("contracts", 0), ("contracts", -1), ("steps", 2)]
    variants = [with_more(place) for place in (*objects, ("inputs",))]
    for place in objects:
        at = original
        for step in place:
            at = at[step]
        variants += [without((*place, field)) for field in at]
    variants += [without((rows, 0)) for rows in ("contracts", "steps")]
    for content in variants:
        path.write_text(json.dumps(content))
        with suppress(InputError):
            assert differences(path, still), content


def test_a_difference_names_the_value(site: Site, chain: Chain, tmp_path: Path) -> None:
    """Both figures, and by the command with exit status 1."""
    content = json.loads(site.record("example").read_text())
    (row,) = (row for row in content["steps"] if row["step"] == "create-ProjectReview")
    gas = row["gasUsed"]
    row["gasUsed"] = gas + 1
    path = tmp_path / "record.json"
    path.write_text(json.dumps(content))
    shutil.copy(site.of("example") / "compiler-input.json", tmp_path)
    status, out, err = site.run("verify", str(path))
    assert status == 1
    assert f"DIFFERS  create-ProjectReview: gasUsed: expected {gas}, found {gas + 1}" in out
    assert "values differ" in err


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kind": "platform"}', "nothing"])
def test_what_is_no_record_is_refused(site: Site, tmp_path: Path, content: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(content)
    status, out, err = site.run("verify", str(path))
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_other_sources_are_named(site: Site, chain: Chain, tmp_path: Path) -> None:
    """The compiler's input lies beside the record, and has to be the one that it names."""
    shutil.copy(site.record("example"), tmp_path)
    (tmp_path / "compiler-input.json").write_text("{}")
    (found,) = differences(tmp_path / "record.json", chain)
    assert found.what == "SHA-256 of compiler-input.json"


# ---------------------------------------------------------------------------------------- the chain


def contract_of(site: Site, name: str, where: str = "example") -> str:
    content = json.loads(site.record(where).read_text())
    (address,) = (row["address"] for row in content["contracts"] if row["name"] == name)
    return str(address)


def flipped(code: bytes, place: int) -> bytes:
    return code[:place] + bytes([code[place] ^ 1]) + code[place + 1 :]


CONTRACTS = (
    *(("example", name) for name in ("PassRegistry", "TermsRules", "LaunchpadCreator")),
    *(("example", name) for name in ("ProjectReview", "VestingVault", "ProceedsEscrow")),
    *(("example", name) for name in ("SubscriptionSale", "Launchpad")),
    *(("my-sale", name) for name in ("ProjectToken", "SubscriptionSale", "ProceedsEscrow")),
)


@pytest.mark.parametrize(("where", "name"), CONTRACTS)
def test_another_code_is_found_and_located(site: Site, chain: Chain, where: str, name: str) -> None:
    """One bit of the metadata at the end: nothing that anybody would notice."""
    address = contract_of(site, name, where)
    code = chain.code(address)
    chain.set_code(address, flipped(code, len(code) - 10))
    named = [each for each in differences(site.record(where), chain) if name in each.what]
    assert any(each.what.startswith(f"code of {name}") for each in named)
    if where == "example":
        assert any("in the metadata" in each.why for each in named)


def test_another_immutable_is_found_and_located(site: Site, chain: Chain) -> None:
    """The code is the same, and trusts somebody else."""
    address = contract_of(site, "VestingVault")
    artifact = chain.artifacts["VestingVault"]
    code = chain.code(address)
    for start, length in artifact.immutables:
        code = flipped(code, start + length - 1)
    chain.set_code(address, code)
    found = differences(site.record("example"), chain)
    assert any("in the immutable at byte" in each.why for each in found)
    assert any(each.what == "VestingVault.LAUNCHPAD()" for each in found)


def test_no_code_at_all_is_found(site: Site, chain: Chain) -> None:
    chain.set_code(contract_of(site, "ProjectReview"), b"")
    found = differences(site.record("example"), chain)
    assert any(each.what.startswith("code of ProjectReview") for each in found)


def test_other_terms_behind_a_clone_are_found(site: Site, chain: Chain) -> None:
    """Its code ends with the terms: one bit of the price."""
    sale = contract_of(site, "SubscriptionSale", "my-sale")
    code = chain.code(sale)
    chain.set_code(sale, flipped(code, 45 + 81 + 13))
    found = {each.what for each in differences(site.record("my-sale"), chain)}
    assert "terms in the sale's code" in found


def test_a_clone_of_something_else_is_found(site: Site, chain: Chain) -> None:
    sale = contract_of(site, "SubscriptionSale", "my-sale")
    code = chain.code(sale)
    chain.set_code(sale, code[:10] + bytes.fromhex(SOMEBODY[2:]) + code[30:])
    found = [each.what for each in differences(site.record("my-sale"), chain)]
    assert any(what.startswith("code of SubscriptionSale at") for what in found)


def test_another_implementation_behind_the_clones_is_found(site: Site, chain: Chain) -> None:
    """The clone is as it was, and does something else."""
    implementation = contract_of(site, "SubscriptionSale")
    chain.set_code(implementation, flipped(chain.code(implementation), 100))
    found = {each.what for each in differences(site.record("my-sale"), chain)}
    assert "code that SubscriptionSale is a clone of" in found


Act = Callable[[Site, Chain], None]


def _chair_passes_on(site: Site, chain: Chain) -> None:
    review = site.platform().review
    review.send("nominateChair", site.accounts[9], sender=site.accounts[1])
    review.send("acceptChair", sender=site.accounts[9])


def _chair_nominates(site: Site, chain: Chain) -> None:
    site.platform().review.send("nominateChair", site.accounts[9], sender=site.accounts[1])


def _guardian_passes_on(site: Site, chain: Chain) -> None:
    review = site.platform().review
    review.send("nominateGuardian", site.accounts[9], sender=site.accounts[1])
    review.send("acceptGuardian", sender=site.accounts[9])


def _reviewer_leaves(site: Site, chain: Chain) -> None:
    site.platform().review.send("resign", sender=site.reviewers[0])


def _reviewer_is_appointed(site: Site, chain: Chain) -> None:
    site.platform().review.send("appointReviewer", site.accounts[9], sender=site.accounts[1])


@pytest.mark.parametrize(
    ("act", "what"),
    [
        (_chair_passes_on, "the chair"),
        (_chair_nominates, "nominated as chair"),
        (_guardian_passes_on, "the guardian"),
        (_reviewer_leaves, "reviewers by the events"),
        (_reviewer_is_appointed, "appointment of"),
    ],
)
def test_a_role_that_has_passed_on_is_named_with_the_transaction(
    site: Site, chain: Chain, act: Act, what: str
) -> None:
    """It was done by the rules; whoever reads the record has to know."""
    act(site, chain)
    found = [each for each in differences(site.record("example"), chain) if what in each.what]
    assert found
    if what != "reviewers by the events":
        assert "transaction 0x" in found[0].why


@pytest.mark.parametrize(
    ("contract", "what"),
    [
        ("ProjectReview", ("the chair", "the guardian", "ProjectReview.applicationCount")),
        ("Launchpad", ("Launchpad.saleCount",)),
        ("VestingVault", ("VestingVault.grantCount",)),
    ],
)
def test_storage_that_no_event_explains_is_found(
    site: Site, chain: Chain, contract: str, what: tuple[str, ...]
) -> None:
    """Every one of the first slots that has something in it, changed by one."""
    address = contract_of(site, contract)
    found: set[str] = set()
    for slot in range(8):
        value = chain.storage(address, slot)
        if value == 0:
            continue
        chain.set_storage(address, slot, value + 1)
        found |= {each.what for each in differences(site.record("example"), chain)}
        chain.set_storage(address, slot, value)
    assert found >= set(what)


def test_another_chain_is_found(site: Site, stage: Stage) -> None:
    """With the same number, and nothing of it there."""
    with LocalNode(site.chain.kind, start_time=1_700_000_000) as other:  # type: ignore[arg-type]
        status, out, _ = site.run("verify", str(site.record("example")), rpc=other.url)
    assert status == 1
    assert "DIFFERS  genesis: expected" in out
    assert "DIFFERS  code of ProjectReview" in out
