"""Verifying a deployment: its record against the sources and the chain, value by value.

Nothing that the record says is believed: from its inputs follow contracts, code, transactions, getters,
roles and events, and each is compared with what the chain has at one block. No difference hides another;
what cannot be compared is said, with the reason.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.chain.abi import constructor_arguments
from jumpstart.chain.blueprint import GETTERS, PARTS
from jumpstart.chain.client import Chain
from jumpstart.chain.factory import Creation
from jumpstart.deployment import record as records
from jumpstart.deployment.verification.agreement import (
    check_platform_inputs,
    check_sale_inputs,
)
from jumpstart.deployment.verification.checks import Check, Checks, Kind, Left, as_json
from jumpstart.deployment.verification.code import Built, check_codes, code_hash
from jumpstart.deployment.verification.expected import (
    APPLY,
    Expected,
    Front,
    platform_expected,
    sale_expected,
)
from jumpstart.deployment.verification.history import History
from jumpstart.deployment.verification.inputs import Inputs, SaleInputs, inputs_of
from jumpstart.deployment.verification.platform import check_platform
from jumpstart.deployment.verification.questions import Questions
from jumpstart.deployment.verification.rebuild import rebuilding
from jumpstart.deployment.verification.review import rules_of
from jumpstart.deployment.verification.sale import check_sale
from jumpstart.deployment.verification.scene import LABELS, Scene
from jumpstart.deployment.verification.source import check_source, settings
from jumpstart.deployment.verification.transactions import check_transactions
from jumpstart.errors import ChainError, CheckError, InputError, located
from jumpstart.review import ReviewRules

_MADE: Final = ("transaction", "block", "gasUsed")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was compared at block `block`. `later`: events that came after the deployment, by name."""

    title: str
    kind: str
    chain_id: int
    block: int
    block_hash: str
    checks: tuple[Check, ...]
    left: tuple[Left, ...]
    later: Mapping[str, int]

    @property
    def differences(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.is_right)

    @property
    def compared(self) -> dict[str, int]:
        """How many values, by kind."""
        return dict(Counter(check.kind for check in self.checks))


def verify(path: Path, chain: Chain) -> Verdict:
    """Compares the record in a file, beside which lies the compiler's input, with everything.

    `chain` needs the artifacts. Raises `InputError` for what is no record, or has inputs that are none,
    `CheckError` where there is no platform to ask, `ChainError` when the chain is rolled back
    meanwhile.
    """
    record = records.read(path)
    with located(str(path)):
        return _verified(record, chain, path.parent)


def _verified(record: Mapping[str, Any], chain: Chain, folder: Path) -> Verdict:
    checks = Checks()
    inputs = inputs_of(record)
    head = chain.header()
    check_source(record, folder, checks)
    checks.compare("identity", "chainId", inputs.chain_id, chain.chain_id)
    if isinstance(inputs, SaleInputs):
        checks.compare("identity", "inputs.termsHash", inputs.terms.terms_hash, inputs.terms_hash)
        front, rules = _front_of(chain, inputs, head.number)
        number = _application_of(record)
        with located(f"steps.{APPLY}.results.application"):
            expected = sale_expected(inputs, chain.artifacts, front, number)
    else:
        expected = platform_expected(inputs, chain.artifacts)
    steps = _steps_of(record)
    receipts = check_transactions(chain, head.number, expected, steps, checks)
    built = _own(expected, chain)
    if isinstance(inputs, SaleInputs):
        built = [*_shared(chain, inputs, front, rules, checks), *built]
        bond_token = front.bond_token
    else:
        bond_token = checksummed(inputs.rules.bond_token)
    with rebuilding(inputs.chain_id, chain.artifacts) as rebuild:
        rebuild.put(bond_token)
        codes = check_codes(chain, head.number, rebuild, built, checks)
    genesis = chain.header(0).hash
    hashes = {address: code_hash(code) for address, code in codes.items()}
    if isinstance(inputs, SaleInputs):
        check_sale_inputs(record, inputs, number, chain, receipts, checks)
    else:
        check_platform_inputs(record, inputs, chain, receipts, checks)
    _compare_record(record, _record_of(inputs, expected, genesis, steps, hashes), checks)
    questions = Questions(chain, head.number, checks)
    history = History(chain, head.number, checks)
    scene = Scene(chain=chain, head=head, checks=checks, questions=questions, history=history)
    if isinstance(inputs, SaleInputs):
        check_sale(inputs, expected, front, rules, number, receipts, scene)
    else:
        check_platform(inputs, expected, receipts, scene)
    questions.settle()
    found = chain.header(head.number).hash
    if found != head.hash:
        raise ChainError(
            f"block {head.number} was {head.hash} and is {found}: the chain was rolled back "
            "meanwhile; verify again"
        )
    return Verdict(
        title=inputs.title,
        kind=inputs.kind,
        chain_id=inputs.chain_id,
        block=head.number,
        block_hash=head.hash,
        checks=tuple(checks.all),
        left=tuple(checks.left),
        later=history.later,
    )


# ---------------------------------------------------------------------------------------- the record


def _steps_of(record: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The record's steps by their keys, as far as they are any."""
    steps = record["steps"] if isinstance(record["steps"], list) else []
    return {
        each["step"]: each
        for each in steps
        if isinstance(each, Mapping) and isinstance(each.get("step"), str)
    }


def _application_of(record: Mapping[str, Any]) -> int:
    results = _steps_of(record).get(APPLY, {}).get("results")
    number = results.get("application") if isinstance(results, Mapping) else None
    if not isinstance(number, str) or not (number.isascii() and number.isdigit()):
        raise InputError(f"steps.{APPLY}.results.application: {number!r} is no number in digits")
    if number != str(int(number)):
        raise InputError(f"steps.{APPLY}.results.application: {number!r}, expected {int(number)}")
    return int(number)


def _record_of(
    inputs: Inputs,
    expected: Expected,
    genesis: str,
    steps: Mapping[str, Mapping[str, Any]],
    hashes: Mapping[str, str],
) -> dict[str, Any]:
    """The record as it must be. How a step was sent is taken over: it is compared with the chain."""

    def made(step: str) -> dict[str, Any]:
        return {field: steps.get(step, {}).get(field) for field in _MADE}

    return {
        "kind": inputs.kind,
        "title": inputs.title,
        "chainId": inputs.chain_id,
        "genesis": genesis,
        "compiler": settings(),
        "contracts": [
            {
                "name": each.name,
                "address": each.address,
                "codeHash": hashes.get(each.address),
                **(
                    {"constructorArguments": "0x" + each.arguments.hex()}
                    if each.implementation is None
                    else {
                        "implementation": each.implementation,
                        "cloneArguments": "0x" + each.arguments.hex(),
                    }
                ),
                **made(each.step),
            }
            for each in expected.contracts
        ],
        "steps": [
            {"step": key, **made(key), "results": dict(expected.results[key])}
            for key in expected.sent
        ],
        "gates": list(expected.gates),
    }


def _compare_record(record: Mapping[str, Any], expected: Mapping[str, Any], checks: Checks) -> None:
    """Every value of the record, but for most inputs, which all else is made from."""
    twice = ("kind", "title", "chainId")
    written = record["inputs"]
    checks.compare(
        "record",
        "inputs",
        {field: record[field] for field in twice},
        {field: written[field] for field in twice},
        text=as_json,
    )
    for field in dict.fromkeys([*expected, *record]):
        if field != "inputs":
            wanted = {field: expected[field]} if field in expected else {}
            found = {field: record[field]} if field in record else {}
            kind: Kind = "identity" if field in ("kind", "chainId", "genesis") else "record"
            checks.compare(kind, "", wanted, found, text=as_json)


# ---------------------------------------------------------------------------------------- the platform


def _front_of(chain: Chain, inputs: SaleInputs, block: int) -> tuple[Front, ReviewRules]:
    """The platform of a sale, as its launchpad names it. That these are its parts, their code shows."""
    address = checksummed(inputs.launchpad)
    launchpad = chain.contract("Launchpad", address)
    try:
        parts = {
            part: launchpad.call(getter, block=block)
            for getter, part in zip(GETTERS, PARTS, strict=True)
        }
        review = chain.contract("ProjectReview", parts["ProjectReview"])
        rules = rules_of(review.call("rules", block=block))
    except ChainError as error:
        raise CheckError(f"inputs.launchpad: no launchpad at {address}: {error}") from error
    front = Front(
        launchpad=address,
        parts=parts,
        bond=rules.bond,
        bond_token=checksummed(rules.bond_token),
    )
    return front, rules


def _own(expected: Expected, chain: Chain) -> list[Built]:
    return [
        Built(
            label=LABELS[each.name],
            artifact=chain.artifacts[each.name],
            address=each.address,
            arguments=each.arguments,
            implementation=each.implementation,
        )
        for each in expected.contracts
    ]


def _shared(
    chain: Chain, inputs: SaleInputs, front: Front, rules: ReviewRules, checks: Checks
) -> list[Built]:
    """The platform's contracts, which a sale works with: their code names one another."""
    artifacts, launchpad, review = chain.artifacts, front.launchpad, front.parts["ProjectReview"]
    arguments: dict[str, tuple[Any, ...]] = {
        "TermsRules": (),
        # Who had its roles first is in no code.
        "ProjectReview": (astuple(rules), launchpad, launchpad, launchpad, []),
        "VestingVault": (launchpad,),
        "ProceedsEscrow": (review,),
        "SubscriptionSale": (launchpad, review, front.parts["ProceedsEscrow"]),
        "Launchpad": tuple(front.parts[part] for part in PARTS),
    }
    names = {"ProceedsEscrow": "escrow implementation", "SubscriptionSale": "sale implementation"}
    shared = [
        Built(
            label=names.get(name, LABELS[name]),
            artifact=artifacts[name],
            address=front.parts.get(name, launchpad),
            arguments=constructor_arguments(artifacts[name], *args),
        )
        for name, args in arguments.items()
    ]
    registry = checksummed(inputs.terms.sale.admission.pass_registry)
    passes = artifacts["PassRegistry"]
    if registry == Creation.of(passes).address:
        shared.append(Built(label="registry", artifact=passes, address=registry))
    else:
        checks.leave(
            f"code of the registry at {registry}", "the terms name another than this project's"
        )
    return shared
