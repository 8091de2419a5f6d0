"""A record that is true is found true; one changed value, in it or on the chain, is found and named."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_canonical_address, to_checksum_address

from jumpstart.chain.abi import function_of, selector_of, signature_of
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifact, Artifacts
from jumpstart.chain.node import Kind, LocalNode
from jumpstart.chain.sale import present_pass_transaction
from jumpstart.cli import main
from jumpstart.deployment import record as records
from jumpstart.deployment.verification import source, verify
from jumpstart.deployment.verification.checks import Check
from jumpstart.deployment.verification.rebuild import rebuilding
from jumpstart.errors import CheckError, InputError
from jumpstart.hashing import keccak256
from jumpstart.holdings import tree_of
from jumpstart.passes import Attestation, sign
from jumpstart.tree import Tree
from tests.chain.deployment.standing import Standing, standing
from tests.chain.stage import account

NAMES = ("platform", "sale")
SOMEBODY = to_checksum_address("0x" + "5a" * 20)


@pytest.fixture(scope="module")
def site(
    chain_kind: Kind, artifacts: Artifacts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """Platform and sale, deployed once for all tests of the module."""
    with standing(chain_kind, artifacts, tmp_path_factory.mktemp("standing")) as built:
        yield built


@pytest.fixture(autouse=True)
def _as_deployed(site: Standing) -> Iterator[None]:
    snapshot = site.chain.snapshot()
    yield
    site.chain.revert(snapshot)


@pytest.fixture(scope="module", autouse=True)
def _one_rebuild(site: Standing) -> Iterator[None]:
    """One private node for all tests, what was made on it once is known, and the sources are read once:
    nothing of it changes.
    """
    sources = records.compiler_input()
    with (
        rebuilding(site.chain.chain_id, site.chain.artifacts) as rebuild,
        pytest.MonkeyPatch.context() as patch,
    ):
        known: dict[tuple[str, bytes, str], bytes] = {}
        real = rebuild.runtime_code

        def runtime_code(artifact: Artifact, arguments: bytes, address: str) -> bytes:
            made = artifact.name, arguments, address
            if made not in known:
                known[made] = real(artifact, arguments, address)
            return known[made]

        patch.setattr(rebuild, "runtime_code", runtime_code)

        @contextmanager
        def again(chain_id: int, artifacts: Any) -> Iterator[Any]:
            if chain_id == site.chain.chain_id:
                yield rebuild
                return
            with rebuilding(chain_id, artifacts) as other:
                yield other

        patch.setattr(verify, "rebuilding", again)
        patch.setattr(source, "compiler_input", lambda: sources)
        yield


def named(differences: Sequence[Check], *parts: str) -> list[Check]:
    """The differences whose names contain all of these."""
    return [each for each in differences if all(part in each.what for part in parts)]


def whats(differences: Sequence[Check]) -> set[str]:
    return {each.what for each in differences}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(list(words))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


# ---------------------------------------------------------------------------------------- what is true


@pytest.mark.parametrize("name", NAMES)
def test_what_was_deployed_is_found_as_recorded(
    site: Standing, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """By the command, with how much was compared and what was not."""
    path = str(site.place(name) / records.RECORD)
    status, out, err = run(capsys, "verify", path, "--rpc", site.chain.url)
    assert (status, err) == (0, "")
    compared = int(out.split()[0])
    assert compared > 400
    assert "not compared, " in out
    status, out, _ = run(capsys, "verify", path, "--rpc", site.chain.url, "--json")
    found = json.loads(out)
    assert (status, found["consistent"], found["differences"]) == (0, True, [])
    assert sum(found["compared"].values()) == compared
    kinds = {"identity", "source", "record", "code", "transaction", "getter", "role", "event"}
    assert set(found["compared"]) == kinds | {"balance"}
    assert all(each["why"] for each in found["left"])


def test_a_sale_is_verified_through_its_life(site: Standing, artifacts: Artifacts) -> None:
    """What events say is compared with what the contracts answer, at every stage."""
    chain, sale = site.chain, site.contract("sale", "SubscriptionSale")
    review, escrow = (
        site.contract("platform", "ProjectReview"),
        site.address("sale", "ProceedsEscrow"),
    )
    (sessions,) = (site.record("sale")["inputs"]["terms"]["sale"]["sessions"],)
    _reach_draw(site)
    sale.send("publishHoldings", b"\x01" * 32, sender=site.person("holdings-publisher"))
    assert site.verify("sale").differences == ()
    sale.send("pause", sender=site.person("guardian"))
    verdict = site.verify("sale")
    assert verdict.differences == ()
    assert verdict.later["sale.SubscriptionsPaused"] == 1
    for session in sessions:
        chain.mine_at(int(session["end"]))
        sale.send("settle", sender=site.person("stranger"))
    # The soft cap was missed: it has failed.
    verdict = site.verify("sale")
    assert verdict.differences == ()
    assert verdict.later["sale.SaleFailed"] == 1
    sale.send("collectUnsold", sender=site.person("stranger"))
    for name in NAMES:
        assert site.verify(name).differences == ()
    assert review.call("applicationOf", 1).status == 6
    assert chain.balance(escrow) == 0


def admit(site: Standing, buyers: Sequence[LocalAccount]) -> Tree:
    """Passes, holdings of the highest tier, and payment for all; returns the tree of the holdings."""
    chain, sale = site.chain, site.contract("sale", "SubscriptionSale")
    registry = site.contract("platform", "PassRegistry")
    tree = tree_of({buyer.address: 2_500 * 10**18 for buyer in buyers})
    for row, buyer in enumerate(buyers):
        chain.set_balance(buyer.address, 10**20)
        attestation = Attestation(
            account=to_canonical_address(buyer.address),
            identity=(row + 1).to_bytes(32),
            jurisdiction=756,
            level=1,
            issued_at=chain.now(),
            expires_at=2**40 - 1,
        )
        signed = sign(
            attestation,
            registry=to_canonical_address(registry.address),
            chain_id=chain.chain_id,
            key=bytes(account("attester").key),
        )
        chain.send(present_pass_transaction(registry, signed, sender=buyer))
        site.dollars.send("transfer", buyer.address, 10**13, sender=site.deployer)
        site.dollars.send("approve", sale.address, 10**13, sender=buyer)
    _reach_draw(site)
    sale.send("publishHoldings", tree.root, sender=site.person("holdings-publisher"))
    return tree


def _reach_draw(site: Standing) -> None:
    """Before it nobody can publish holdings."""
    terms = site.record("sale")["inputs"]["terms"]
    site.chain.advance_to(int(terms["holdings"]["drawTime"]))


def test_a_sale_that_succeeds_is_verified_at_every_step(site: Standing) -> None:
    """Demand, settlements, weights, outcome and balances by what people did, in two sessions."""
    chain, sale = site.chain, site.contract("sale", "SubscriptionSale")
    buyers = [account(f"buyer {row}") for row in range(3)]
    tree = admit(site, buyers)
    sessions = site.record("sale")["inputs"]["terms"]["sale"]["sessions"]
    stranger, unit, seen = site.person("stranger"), 10**18, set[int]()

    def subscribe(row: int, tokens: int) -> None:
        holding, proof = (0, []) if row in seen else (2_500 * unit, list(tree.proof(row)))
        sale.send("subscribe", tokens * unit, holding, proof, sender=buyers[row])
        seen.add(row)

    def is_right() -> dict[str, int]:
        verdict = site.verify("sale")
        assert verdict.differences == ()
        return dict(verdict.later)

    assert is_right()["sale.HoldingsPublished"] == 1
    for session, subscriptions in zip(
        sessions,
        ([(0, 9_000_000), (1, 10_000_000), (0, 1_000_000)], [(0, 50), (2, 700)]),
        strict=True,
    ):
        chain.mine_at(int(session["start"]))
        for row, tokens in subscriptions:
            subscribe(row, tokens)
        is_right()
        chain.mine_at(int(session["end"]))
        sale.send("settle", sender=stranger)
        later = is_right()
    assert (later["sale.Subscribed"], later["sale.SaleSucceeded"]) == (5, 1)
    sale.send("collectProceeds", sender=stranger)
    sale.send("collectFee", sender=stranger)
    sale.send("claimFor", buyers[0].address, sender=stranger)
    sale.send("collectUnsold", sender=stranger)
    site.contract("sale", "ProceedsEscrow").send("release", sender=stranger)
    later = is_right()
    assert (later["sale.Claimed"], later["escrow.Released"]) == (1, 1)
    verdict = site.verify("platform")
    assert verdict.differences == ()
    assert verdict.later["registry.PassPresented"] == 3
    # And what somebody changes then is found as well.
    change(site, sale.address, slot_of(word(0 << 128 | 4), 5))
    change(site, sale.address, 0, 16)
    found = whats(site.verify("sale").differences)
    assert {"sale.demandOf(0, 4).subscribed", "sale.outcome.sold", "sale.totalWeight"} <= found


def test_a_platform_is_verified_through_its_life(site: Standing) -> None:
    """Applications, votes, bonds and grants of other people are what their events say."""
    chain, review = site.chain, site.contract("platform", "ProjectReview")
    vault = site.contract("platform", "VestingVault")
    stranger = site.person("stranger")
    for token, spender in ((site.bonds, review), (site.dollars, vault)):
        token.send("transfer", stranger.address, 10**27, sender=site.deployer)
        token.send("approve", spender.address, 10**27, sender=stranger)
    review.send("submit", "uri", b"\x01" * 32, b"\x02" * 32, sender=stranger)
    first, second = site.reviewers[:2]
    review.send("commit", 2, b"\x03" * 32, sender=first)
    review.send("recuse", 2, sender=first)
    review.send("commit", 2, b"\x04" * 32, sender=second)
    review.send("voteToDelist", 1, b"\x05" * 32, sender=first)
    schedule = (chain.now(), 1_000, 0, 1_000, 0)
    plan = (site.dollars.address, stranger.address, schedule)
    vault.send("create", plan, [(SOMEBODY, 10**6), (stranger.address, 7)], sender=stranger)
    number = vault.call("grantCount")
    grant = (plan, 7, number)
    chain.mine_at(chain.now() + 400)
    vault.send("release", grant, sender=stranger)
    vault.send("revoke", grant, sender=stranger)
    vault.send("transfer", grant, SOMEBODY, sender=stranger)
    verdict = site.verify("platform")
    assert verdict.differences == ()
    assert verdict.later["vault.Revoked"] == 1
    for voter in site.reviewers[1:3]:
        review.send("voteToDelist", 1, b"\x05" * 32, sender=voter)
    chain.mine_at(review.call("expiryOf", 2))
    review.send("returnBond", 2, sender=stranger)
    for name in NAMES:
        verdict = site.verify(name)
        assert verdict.differences == ()
        assert verdict.later["review.Delisted"] == 1


# ---------------------------------------------------------------------------------------- the record


def leaves(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    match content:
        case dict() if content:
            for name, value in content.items():
                yield from leaves(value, (*path, name))
        case list() if content:
            for index, value in enumerate(content):
                yield from leaves(value, (*path, index))
        case _:
            yield path, content


def changes(value: Any) -> list[Any]:
    """Small changes that keep the form, and one that does not."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, str(value)]
        case None:
            return [1, "x"]
        case str() if value.isdecimal():
            return [str(int(value) + 1), "0" + value, int(value)]
        case str() if re.fullmatch(r"0x[0-9a-fA-F]+", value):
            last = "1" if value[-1] != "1" else "2"
            other = [value[:-1] + last, value[:-2], None]
            if len(value) == 42:
                other += [SOMEBODY, value.lower()]
            return other
        case str():
            return [value + "x", None]
        case _:
            return ["x"]


def with_value(content: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at the path."""
    copied = json.loads(json.dumps(content))
    at = copied
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return copied


def names_of(content: Any, path: tuple[Any, ...]) -> tuple[str, str]:
    """A path as it is reported: by numbers, and steps by their keys."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]
    by_key = text
    if path[0] == "steps":
        by_key = re.sub(r"steps\[\d+\]", f"steps.{content['steps'][path[1]]['step']}", text)
    return text, by_key


@pytest.fixture
def recorded(site: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Verifies a record's own values, quickly: the chain stands still, and what its contracts answer,
    which does not depend on those values, is left out.
    """
    known: dict[str, Any] = {}
    chain = site.chain
    one, many = chain.request, chain.batch

    def request(method: str, *params: Any) -> Any:
        question = json.dumps([method, params])
        if question not in known:
            known[question] = one(method, *params)
        return known[question]

    monkeypatch.setattr(chain, "request", request)
    monkeypatch.setattr(chain, "batch", lambda requests: many(requests))
    for name in ("check_platform", "check_sale"):
        monkeypatch.setattr(verify, name, lambda *args: None)

    def verified(name: str, content: Any) -> Sequence[Check]:
        shutil.copy(site.place(name) / records.COMPILER_INPUT, tmp_path)
        path = tmp_path / records.RECORD
        path.write_text(json.dumps(content), encoding="utf-8")
        return verify.verify(path, chain).differences

    return verified


SUMS = {"initialBps": "escrow.shares", "shareBps": "escrow.shares"}
"""Of values whose sum a rule is about."""


def sweep(site: Standing, recorded: Callable[..., Any], name: str, most: int) -> int:
    """Changes every value in at most so many ways; how many changes there were. Each is named, or
    refused by the name of its field.
    """
    original = site.record(name)
    assert recorded(name, original) == ()
    silent, unnamed = [], []
    tried = 0
    for path, value in leaves(original):
        words = names_of(original, path)
        field = next(step for step in reversed(path) if isinstance(step, str))
        others = [each for each in changes(value) if each != value or type(each) is not type(value)]
        for other in others[:most]:
            tried += 1
            content = with_value(original, path, other)
            try:
                texts = [str(each) for each in recorded(name, content)]
                is_named = any(word in text for word in words for text in texts)
            except (InputError, CheckError) as error:
                texts = [str(error)]
                is_named = field in texts[0] or SUMS.get(field, field) in texts[0]
            if not texts:
                silent.append((words[0], other))
            elif not is_named:
                unnamed.append((words[0], other, texts[:2]))
    assert silent == []
    assert unnamed == []
    return tried


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_record_can_be_changed(
    site: Standing, recorded: Callable[..., Any], name: str
) -> None:
    """Each of them, one at a time."""
    assert sweep(site, recorded, name, 1) > 150


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_record_can_be_changed_in_any_way(
    site: Standing, recorded: Callable[..., Any], name: str
) -> None:
    """Shorter, of another type, the same in other letters, missing."""
    assert sweep(site, recorded, name, 9) > 400


@pytest.mark.parametrize("name", NAMES)
def test_nothing_can_be_added_to_a_record_or_taken_from_it(
    site: Standing, recorded: Callable[..., Any], name: str
) -> None:
    """Fields and rows alike."""
    original = site.record(name)
    places: list[tuple[Any, ...]] = [(), ("compiler",), ("contracts", 0), ("steps", 2), ("inputs",)]
    variants = [with_value(original, (*place, "more"), "x") for place in places]
    variants.append(with_value(original, ("steps", -1, "results", "more"), "x"))
    variants.append(with_value(original, ("gates",), [*original["gates"], "more"]))
    for place in places:
        at = original
        for step in place:
            at = at[step]
        for field in at:
            copied = json.loads(json.dumps(original))
            inner = copied
            for step in place:
                inner = inner[step]
            del inner[field]
            variants.append(copied)
    for rows in ("contracts", "steps"):
        variants.append(with_value(original, (rows,), original[rows][1:]))
        variants.append(with_value(original, (rows,), [*original[rows], original[rows][0]]))
        variants.append(with_value(original, (rows,), original[rows][::-1]))
        variants.append(with_value(original, (rows,), "x"))
        variants.append(with_value(original, (rows, 0), "x"))
    for content in variants:
        with suppress(InputError, CheckError):
            assert recorded(name, content), content


def test_a_changed_input_is_found_on_the_chain_too(site: Standing, tmp_path: Path) -> None:
    """Its name, both figures; by the command with exit status 1, and nothing is skipped for it."""
    content = with_value(site.record("platform"), ("inputs", "rules", "quorum"), "2")
    shutil.copy(site.place("platform") / records.COMPILER_INPUT, tmp_path)
    path = tmp_path / records.RECORD
    path.write_text(json.dumps(content), encoding="utf-8")
    verdict = verify.verify(path, site.chain)
    texts = [str(each) for each in verdict.differences]
    assert "inputs.rules.quorum: expected 3, found 2" in texts
    assert any(text.startswith("code of review at ") and "found no code" in text for text in texts)
    assert named(verdict.differences, "launchpad.REVIEW")
    assert len(verdict.checks) > 300


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kind": "platform"}', "nothing"])
def test_what_is_no_record_is_refused(
    site: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / records.RECORD
    path.write_text(content)
    status, out, err = run(capsys, "verify", str(path), "--rpc", site.chain.url)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_other_sources_are_named(
    site: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The input beside the record is another, or missing, or not that of this checkout."""
    path = tmp_path / records.RECORD
    shutil.copy(site.place("platform") / records.RECORD, path)
    (found,) = verify.verify(path, site.chain).differences
    assert found.what == "compiler-input.json"
    beside = tmp_path / records.COMPILER_INPUT
    beside.write_text("{}")
    found, _ = verify.verify(path, site.chain).differences
    assert found.what == "compiler-input.json: SHA-256"
    shutil.copy(site.place("platform") / records.COMPILER_INPUT, beside)
    changed = json.loads(beside.read_text())
    changed["sources"]["contracts/Launchpad.sol"]["content"] += "\n"
    text = json.dumps(changed, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    monkeypatch.setattr(source, "compiler_input", lambda: text)
    differences = verify.verify(path, site.chain).differences
    assert any("contracts/Launchpad.sol" in each.note for each in differences)
    assert "compiler.inputSha256" in whats(differences)


# ---------------------------------------------------------------------------------------- code

CONTRACTS = (
    *(("platform", name) for name in ("PassRegistry", "TermsRules", "LaunchpadCreator")),
    *(("platform", name) for name in ("ProjectReview", "VestingVault", "ProceedsEscrow")),
    *(("platform", name) for name in ("SubscriptionSale", "Launchpad")),
)
LABELS = {
    "PassRegistry": "registry",
    "TermsRules": "rules",
    "LaunchpadCreator": "creator",
    "ProjectReview": "review",
    "VestingVault": "vault",
    "ProceedsEscrow": "escrow implementation",
    "SubscriptionSale": "sale implementation",
    "Launchpad": "launchpad",
}


def flipped(code: bytes, place: int) -> bytes:
    return code[:place] + bytes([code[place] ^ 1]) + code[place + 1 :]


def test_one_byte_of_the_metadata_of_every_contract_is_found_and_located(site: Standing) -> None:
    """Nothing that anybody would notice; all of them at once, and each is named."""
    for where, name in CONTRACTS:
        address = site.address(where, name)
        code = site.chain.code(address)
        site.chain.set_code(address, flipped(code, len(code) - 10))
    token = site.address("sale", "ProjectToken")
    code = site.chain.code(token)
    site.chain.set_code(token, flipped(code, len(code) - 10))
    found = site.verify("platform").differences
    assert len(found) == len(CONTRACTS)
    for _, name in CONTRACTS:
        (one,) = named(found, f"code of {LABELS[name].removesuffix(' implementation')} at")
        assert "in the metadata, bytes" in one.note
    # A sale works with all of them but the creator.
    found = site.verify("sale").differences
    assert len(found) == len(CONTRACTS)
    for name in (*LABELS.values(), "token"):
        if name != "creator":
            assert "in the metadata" in named(found, f"code of {name} at")[0].note


def test_one_byte_of_code_is_found_and_located(site: Standing) -> None:
    """In the middle of it, where no immutable is."""
    for where, name in CONTRACTS:
        address = site.address(where, name)
        immutable = {
            start + place
            for start, length in site.chain.artifacts[name].immutables
            for place in range(length)
        }
        code = site.chain.code(address)
        middle = next(each for each in range(len(code) // 2, len(code)) if each not in immutable)
        site.chain.set_code(address, flipped(code, middle))
    found = site.verify("platform").differences
    for _, name in CONTRACTS:
        label = LABELS[name].removesuffix(" implementation")
        assert any(
            "in the code, bytes" in each.note for each in named(found, f"code of {label} at")
        )


def test_one_byte_of_every_immutable_is_found_and_located(site: Standing) -> None:
    """The code is the same, and trusts somebody else. A sale sees it in what it works with."""
    for where, name in CONTRACTS:
        address = site.address(where, name)
        code = site.chain.code(address)
        for start, length in site.chain.artifacts[name].immutables:
            code = flipped(code, start + length - 1)
        site.chain.set_code(address, code)
    found = site.verify("platform").differences
    for _, name in CONTRACTS:
        immutables = site.chain.artifacts[name].immutables
        if immutables:
            label = LABELS[name].removesuffix(" implementation")
            (one,) = named(found, f"code of {label} at")
            assert one.note.count("in an immutable") == len(immutables)
    assert named(found, "vault.LAUNCHPAD")
    assert named(found, "review.rules.quorum")


def test_an_immutable_of_the_platform_is_found_with_the_sale(site: Standing) -> None:
    """A vault that obeys another launchpad; a review with the sale's own rules for somebody else."""
    for name in ("VestingVault", "ProceedsEscrow"):
        address = site.address("platform", name)
        code = site.chain.code(address)
        start, length = site.chain.artifacts[name].immutables[0]
        site.chain.set_code(address, flipped(code, start + length - 1))
    found = site.verify("sale").differences
    assert named(found, "code of vault at")
    assert named(found, "code of escrow implementation at")


def test_other_clones_are_found(site: Standing) -> None:
    """Other terms behind the code, another implementation, another code, none."""
    sale, escrow = site.address("sale", "SubscriptionSale"), site.address("sale", "ProceedsEscrow")
    codes = {address: site.chain.code(address) for address in (sale, escrow)}

    def notes() -> str:
        found = named(site.verify("sale").differences, "code of ")
        return "; ".join(each.note for each in found)

    for address in codes:
        site.chain.set_code(address, flipped(codes[address], 45 + 13))
    assert "sale differs in the arguments behind the clone's code, from byte 13 on" in notes()
    assert "escrow differs in the arguments behind the clone's code, from byte 13 on" in notes()
    for address, code in codes.items():
        site.chain.set_code(address, code[:10] + bytes.fromhex(SOMEBODY[2:]) + code[30:])
    assert f"sale is a clone of {SOMEBODY}" in notes()
    assert f"escrow is a clone of {SOMEBODY}" in notes()
    for address, code in codes.items():
        site.chain.set_code(address, flipped(code, 0))
    assert "sale is no clone; escrow is no clone" in notes()
    site.chain.set_code(sale, b"")
    assert "found no code" in str(named(site.verify("sale").differences, "code of sale at")[0])


def test_the_price_in_the_terms_of_a_clone_is_named(site: Standing) -> None:
    """One bit of it."""
    sale = site.address("sale", "SubscriptionSale")
    site.chain.set_code(sale, flipped(site.chain.code(sale), 45 + 81 + 13))
    found = site.verify("sale").differences
    assert named(found, "rules.termsOf(sale of 1).deal.price")
    assert named(found, "sale.costOf(nobody, the supply).due")


# ---------------------------------------------------------------------------------------- storage


def slot_of(key: bytes, base: int) -> int:
    """Of a mapping's value."""
    return int.from_bytes(keccak256(key.rjust(32, b"\0") + base.to_bytes(32)))


def word(value: int | str) -> bytes:
    return bytes.fromhex(value[2:]) if isinstance(value, str) else value.to_bytes(32)


def change(site: Standing, address: str, slot: int, bit: int = 0) -> None:
    site.chain.set_storage(address, slot, site.chain.storage(address, slot) ^ (1 << bit))


def test_changed_storage_of_a_review_is_named(site: Standing) -> None:
    """Roles, reviewers, applications, scorecards: all at once, each found, and no event explains it."""
    review = site.address("platform", "ProjectReview")
    first, second = (each.address for each in site.reviewers[:2])
    entry = slot_of(word(1), 1)
    for slot in (0, 5, 6, 7, 8, entry, entry + 3, entry + 4):
        change(site, review, slot)
    change(site, review, entry, 160)  # the status, beside the applicant
    change(site, review, slot_of(word(first), 4))  # an appointment
    site.chain.set_storage(review, slot_of(word(first), 3), 0)  # no reviewer any more
    card = slot_of(word(second), slot_of(word(1), 9))
    for slot in (card, card + 1, card + 2):
        change(site, review, slot)
    change(site, review, slot_of(word(1), 12))  # a challenger
    found = site.verify("platform").differences
    expected = {
        *("review.chair", "review.nominatedChair", "review.guardian", "review.nominatedGuardian"),
        *("review.applicationCount", f"review.isReviewer({first})"),
        f"review.appointmentOf({first})",
        *(
            f"review.applicationOf(1).{field}"
            for field in ("applicant", "status", "termsHash", "dossierHash")
        ),
        *("review.statusOf(1)", "review.challengeOf(1).challenger"),
        f"review.scorecardOf(1, {second}).commitment",
        f"review.scorecardOf(1, {second}).stage",
        f"review.scorecardOf(1, {second}).scores[0]",
    }
    assert expected - whats(found) == set()
    assert all("no event explains it" in each.note for each in found if each.what == "review.chair")
    change(site, review, 2)  # the number of reviewers
    assert named(site.verify("platform").differences, "review.reviewerCount")
    assert named(site.verify("sale").differences, "review.applicationOf(1).applicant")


def test_changed_storage_of_launchpad_and_vault_is_named(site: Standing) -> None:
    """Listings, and grants: their beneficiary, what was released, whether they are revoked."""
    launchpad, vault = (
        site.address("platform", "Launchpad"),
        site.address("platform", "VestingVault"),
    )
    change(site, launchpad, slot_of(word(1), 0))
    change(site, launchpad, slot_of(word(1), 0), 160)  # the block
    change(site, launchpad, 1)
    change(site, vault, 2)
    receipts = site.record("sale")["steps"][-1]["transaction"]
    receipt = site.chain.receipt(receipts)
    assert receipt is not None
    made = site.contract("platform", "VestingVault").events(receipt, "GrantCreated")
    for event, bits in zip(made, ((0, 160), (1, 161)), strict=True):
        for bit in bits:
            change(site, vault, slot_of(event.args["id"], 0), bit)
        site.chain.set_storage(vault, slot_of(event.args["id"], 1), site.chain.now())
    grants = {
        f"vault.{getter}(grant {number})"
        for getter in ("beneficiaryOf", "releasedOf", "revokedAtOf")
        for number in (1, 2)
    }
    found = whats(site.verify("platform").differences)
    assert {"launchpad.saleCount", "launchpad.saleOf(1)", "launchpad.listingBlockOf(1)"} <= found
    assert grants | {"vault.grantCount"} <= found
    assert grants | {"launchpad.saleOf(1)"} <= whats(site.verify("sale").differences)


def test_changed_storage_of_a_sale_is_named(site: Standing) -> None:
    """Every slot that has a fixed place, also where no getter looks."""
    sale, escrow = site.address("sale", "SubscriptionSale"), site.address("sale", "ProceedsEscrow")
    for address, slots in ((sale, range(26)), (escrow, range(3))):
        for slot in slots:
            change(site, address, slot)
    demand = slot_of(word(1 << 128 | 2), 5)
    change(site, sale, demand)
    found = whats(site.verify("sale").differences)
    assert {f"sale: storage slot {slot}" for slot in range(26)} <= found
    assert {f"escrow: storage slot {slot}" for slot in range(3)} <= found
    getters = {"sale.status", "sale.opening.root", "sale.opening.publishedAt", "escrow.slash.bond"}
    getters |= {"sale.demandOf(1, 2).subscribed", "sale.settlementOf(0).remaining"}
    assert getters | {"sale.isProceedsCollected"} <= found


def balance_slot(account: str) -> int:
    """Of Solady's ERC-20."""
    return int.from_bytes(keccak256(bytes.fromhex(account[2:]) + (0x87A211A2).to_bytes(12)))


def test_changed_balances_are_named(site: Standing) -> None:
    """Of sale, escrow and vault, up and down; of the token, the bonds and the payment."""
    token, sale = site.address("sale", "ProjectToken"), site.address("sale", "SubscriptionSale")
    vault, escrow = site.address("platform", "VestingVault"), site.address("sale", "ProceedsEscrow")
    review = site.address("platform", "ProjectReview")
    for contract, holder, up in (
        (token, sale, -1),
        (token, vault, -1),
        (site.dollars.address, escrow, 1),
        (site.bonds.address, review, -1),
    ):
        slot = balance_slot(holder)
        value = site.chain.storage(contract, slot)
        site.chain.set_storage(contract, slot, value + up)
    found = whats(site.verify("sale").differences)
    assert {
        f"token.balanceOf({sale})",
        f"token.balanceOf({vault})",
        f"tokens on sale that the sale holds, by the transfers of {token}",
        "tokens that the sale has to have while nobody has claimed",
        "tokens that the vault has to have for these grants",
        f"payment that the escrow holds, by the transfers of {site.dollars.address}",
    } <= found
    found = whats(site.verify("platform").differences)
    assert {"bonds that the review holds", f"tokens {token} that the vault holds"} <= found


def test_a_minted_token_is_named(site: Standing) -> None:
    """Its supply is in a place of its own, in Solady's."""
    token = site.address("sale", "ProjectToken")
    supply_slot = 0x05345CDF77EB68F44C
    change(site, token, supply_slot)
    assert whats(site.verify("sale").differences) == {"token.totalSupply"}


# ---------------------------------------------------------------------------------------- roles

Act = Callable[[Standing], None]


def _passes_on(role: str) -> Act:
    def act(site: Standing) -> None:
        review = site.contract("platform", "ProjectReview")
        heir = site.person("heir")
        review.send(f"nominate{role}", heir.address, sender=site.person("chair"))
        review.send(f"accept{role}", sender=heir)

    return act


def _nominates(role: str) -> Act:
    def act(site: Standing) -> None:
        review = site.contract("platform", "ProjectReview")
        review.send(f"nominate{role}", SOMEBODY, sender=site.person("chair"))

    return act


def _resigns(site: Standing) -> None:
    site.contract("platform", "ProjectReview").send("resign", sender=site.reviewers[0])


def _appoints(site: Standing) -> None:
    review = site.contract("platform", "ProjectReview")
    review.send("appointReviewer", SOMEBODY, sender=site.person("chair"))


@pytest.mark.parametrize(
    ("act", "what", "event"),
    [
        (_passes_on("Chair"), "review.chair", "ChairChanged"),
        (_passes_on("Guardian"), "review.guardian", "GuardianChanged"),
        (_nominates("Chair"), "review.nominatedChair", "ChairNominated"),
        (_nominates("Guardian"), "review.nominatedGuardian", "GuardianNominated"),
        (_resigns, f"review.isReviewer({account('reviewer-1').address})", "ReviewerLeft"),
        (_resigns, "review.reviewerCount", "ReviewerLeft"),
        (_appoints, f"review.appointmentOf({SOMEBODY})", "ReviewerAppointed"),
    ],
)
def test_a_role_that_has_passed_on_is_named_with_what_changed_it(
    site: Standing, act: Act, what: str, event: str
) -> None:
    """It was done by the rules; whoever reads the record has to know."""
    act(site)
    (found,) = [each for each in site.verify("platform").differences if each.what == what]
    assert found.kind == "role"
    assert f"changed by {event} in transaction 0x" in found.note


# ---------------------------------------------------------------------------------------- the node


class LyingChain(Chain):
    """A node that answers one getter, or one method, with something else."""

    lies: Mapping[tuple[str, str], Any] = {}
    """By contract and selector, or by method."""

    def request(self, method: str, *params: Any) -> Any:
        return self._lie(method, params, super().request(method, *params))

    def batch(self, requests: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        answers = super().batch(requests)
        return [
            self._lie(method, params, answer)
            for (method, params), answer in zip(requests, answers, strict=True)
        ]

    def _lie(self, method: str, params: Sequence[Any], answer: Any) -> Any:
        if method == "eth_call":
            lie = self.lies.get((params[0]["to"], params[0]["data"][:10]))
            return answer if lie is None else lie
        change = self.lies.get((method, ""))
        return answer if change is None else change(params, answer)


@pytest.fixture
def liar(site: Standing) -> LyingChain:
    return LyingChain.connect(site.chain.url, artifacts=site.chain.artifacts)


def test_a_node_that_lies_about_any_one_getter_is_found(site: Standing, liar: LyingChain) -> None:
    """Every getter without arguments of every contract: none is not looked at."""
    lies: dict[tuple[str, str], str] = {}
    expected: dict[str, set[str]] = {name: set() for name in NAMES}
    labels = {"ProjectToken": "token", "SubscriptionSale": "sale", "ProceedsEscrow": "escrow"}
    asked = [("platform", name, LABELS[name]) for _, name in CONTRACTS]
    asked += [("sale", name, label) for name, label in labels.items()]
    # What a sale asks its launchpad first, it has to believe to ask anything.
    for where, name, label in asked:
        for entry in site.chain.artifacts[name].abi:
            is_view = entry["type"] == "function" and entry["stateMutability"] in ("view", "pure")
            if not is_view or entry["inputs"] or "implementation" in label:
                continue
            selector = "0x" + selector_of(signature_of(entry)).hex()
            lies[site.address(where, name), selector] = "0x" + (77).to_bytes(32).hex() * 20
            expected[where].add(f"{label}.{entry['name']}")
    liar.lies = {
        place: lie
        for place, lie in lies.items()
        if place[0] != site.address("platform", "Launchpad")
    }
    review = site.address("platform", "ProjectReview")
    rules = "0x" + selector_of("rules()").hex()
    liar.lies = {place: lie for place, lie in liar.lies.items() if place != (review, rules)}
    found = whats(site.verify("sale", liar).differences)
    for what in expected["sale"]:
        assert any(each.startswith(what) for each in found), what
    liar.lies = lies
    found = whats(site.verify("platform", liar).differences)
    for what in expected["platform"]:
        assert any(each.startswith(what) for each in found), what


def test_a_node_without_an_answer_is_named(site: Standing, liar: LyingChain) -> None:
    """One getter that answers nothing does not keep the others from being asked."""
    vault = site.address("platform", "VestingVault")
    liar.lies = {(vault, "0x" + selector_of("grantCount()").hex()): "0x"}
    (found,) = site.verify("platform", liar).differences
    assert (found.what, found.found[:9]) == ("vault.grantCount", "no answer")


def test_missing_and_invented_events_are_found(site: Standing, liar: LyingChain) -> None:
    """Of the deployment and of later, by a node that leaves out or makes up logs."""
    review = site.address("platform", "ProjectReview").lower()
    launchpad = site.address("platform", "Launchpad").lower()

    def logs(params: Any, answer: Any) -> Any:
        kept = [log for log in answer if not (is_of(log, review) and len(log["topics"]) == 2)]
        for log in answer:
            if is_of(log, launchpad):
                kept.append({**log, "logIndex": "0x63", "topics": ["0x" + "7" * 64]})
        return kept

    def is_of(log: Any, address: str) -> bool:
        return bool(log["address"].lower() == address)

    liar.lies = {("eth_getLogs", ""): logs}
    found = site.verify("platform", liar).differences
    assert named(found, "events of review at its creation")
    assert named(found, "numbers of the events of step create-ProjectReview")
    (unread,) = [each for each in found if each.what.startswith("event 99 of launchpad in")]
    assert "one that cannot be read" in unread.found
    found = site.verify("sale", liar).differences
    assert named(found, "events of review when it was listed")
    assert named(found, "event 99 of launchpad in")


def test_changed_events_are_found(site: Standing, liar: LyingChain) -> None:
    """The same number of them, with other values."""

    def logs(params: Any, answer: Any) -> Any:
        changed = []
        for log in answer:
            data = log["data"]
            flipped_data = data[:-1] + ("1" if data[-1] != "1" else "2") if len(data) > 2 else data
            changed.append({**log, "data": flipped_data})
        return changed

    liar.lies = {("eth_getLogs", ""): logs}
    found = site.verify("sale", liar).differences
    assert named(found, "events of vault when it was listed", "GrantCreated.amount")
    assert named(found, "events of token at its creation", "Transfer.amount")


def test_a_grant_more_in_the_listing_is_found(site: Standing) -> None:
    """An event of the same transaction that the deployment does not explain."""
    vault = site.contract("platform", "VestingVault")
    entry = function_of(vault.artifact, "grantCount", ())
    assert entry["outputs"]
    receipt = site.chain.receipt(site.record("sale")["steps"][-1]["transaction"])
    assert receipt is not None
    made = vault.events(receipt, "GrantCreated")
    content = site.record("sale")
    content["inputs"]["terms"]["allocations"] = content["inputs"]["terms"]["allocations"][:1]
    path = site.folder / "less" / records.RECORD
    path.parent.mkdir(exist_ok=True)
    shutil.copy(site.place("sale") / records.COMPILER_INPUT, path.parent)
    path.write_text(json.dumps(content), encoding="utf-8")
    found = verify.verify(path, site.chain).differences
    assert len(made) == 2
    assert named(found, "inputs.terms.allocations[1].amount")
    assert named(found, "inputs.termsHash")


def test_another_chain_is_found(
    site: Standing, artifacts: Artifacts, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the same number, and nothing of it there; with another number."""
    path = str(site.place("platform") / records.RECORD)
    with LocalNode(site.chain.kind, start_time=1_700_000_000) as other:  # type: ignore[arg-type]
        status, out, err = run(capsys, "verify", path, "--rpc", other.url)
    assert status == 1, err
    assert "DIFFERS  genesis: expected" in out, err
    assert "DIFFERS  code of review at" in out
    assert "values differ" in err
    with LocalNode(site.chain.kind, chain_id=5, start_time=1_700_000_000) as other:  # type: ignore[arg-type]
        status, out, _ = run(capsys, "verify", path, "--rpc", other.url)
        assert (status, "DIFFERS  chainId: expected 1337, found 5" in out) == (1, True)
        status, out, err = run(
            capsys, "verify", str(site.place("sale") / records.RECORD), "--rpc", other.url
        )
    assert (status, out) == (1, "")
    assert "inputs.launchpad: no launchpad at" in err


def test_a_rollback_meanwhile_is_told(site: Standing, liar: LyingChain) -> None:
    """The first block read is not the one that is there in the end."""
    seen: list[Any] = []

    def header(params: Any, answer: Any) -> Any:
        head = site.chain.block_number()
        if answer and int(answer["number"], 16) == head:
            seen.append(answer)
            if len(seen) > 1 and params[0] == hex(head):
                return {**answer, "hash": "0x" + "7" * 64}
        return answer

    liar.lies = {("eth_getBlockByNumber", ""): header}
    with pytest.raises(Exception, match="the chain was rolled back meanwhile"):
        site.verify("platform", liar)
