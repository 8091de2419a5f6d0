"""Descriptors: how wallets, on a screen of their own, show what a participant signs. After ERC-7730.

One for each contract that participants call and one for the messages that they sign, with the ABI of
these functions, the addresses of this very sale and the tokens in which its amounts are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.authorisations import Purpose
from jumpstart.chain.abi import Entry
from jumpstart.chain.client import Contract
from jumpstart.chain.sale import Sale

SCHEMA: Final = "https://eips.ethereum.org/assets/eip-7730/erc7730-v1.schema.json"
OWNER: Final = "Jumpstart"

_SALE: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "subscribe": ("Subscribe", {"amount": "Tokens asked for", "holding": "", "proof": ""}),
    "subscribeWithPermit": (
        "Subscribe",
        {
            "amount": "Tokens asked for",
            "value": "Most that is paid",
            "deadline": "Permit ends",
            **dict.fromkeys(("holding", "proof", "v", "r", "s"), ""),
        },
    ),
    "claim": ("Claim tokens and refund", {}),
    "claimFor": ("Claim for an account", {"account": "Account that is paid"}),
    "claimTo": (
        "Claim to another address",
        {
            "account": "Account",
            "to": "Address that is paid",
            "deadline": "Not after",
            "signature": "",
        },
    ),
    "claimRefund": ("Take a refund alone", {"account": "Account that is paid"}),
    "refund": ("Take the whole deposit back", {}),
    "refundFor": ("Refund an account", {"account": "Account that is paid"}),
    "refundTo": (
        "Refund to another address",
        {
            "account": "Account",
            "to": "Address that is paid",
            "deadline": "Not after",
            "signature": "",
        },
    ),
    "settle": ("Settle a session", {}),
    "abandon": ("End a sale without holdings", {}),
}
"""Of each function what it is for, and what its arguments are called; those without a name are not shown."""
_ESCROW: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "object": ("Object to a milestone", {}),
    "exit": ("Exit: return tokens that are not free", {"to": "Address that is paid"}),
    "exitWithoutTokens": ("Exit and give up all tokens", {"to": "Address that is paid"}),
    "shareBond": ("Share the project's bond", {"account": "Account that is paid"}),
}
_REGISTRY: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "present": (
        "Present a pass",
        {
            "attestation.account": "Account",
            "attestation.identity": "",
            "attestation.jurisdiction": "Country (ISO 3166-1)",
            "attestation.level": "Level",
            "attestation.issuedAt": "",
            "attestation.expiresAt": "Counts until",
            "attester": "Attester",
            "signature": "",
        },
    ),
}


def descriptors_of(sale: Sale) -> dict[str, dict[str, Any]]:
    """The descriptors, by the names of their files."""
    functions = dict(_SALE)
    if sale.is_native:
        del functions["subscribeWithPermit"]
    return {
        "calldata-sale.json": _of_calls(sale, sale.contract, functions),
        "calldata-escrow.json": _of_calls(sale, sale.escrow, _ESCROW),
        "calldata-registry.json": _of_calls(sale, _registry(sale), _REGISTRY),
        "eip712-sale.json": _of_messages(sale),
    }


def _of_calls(
    sale: Sale, contract: Contract, functions: Mapping[str, tuple[str, Mapping[str, str]]]
) -> dict[str, Any]:
    entries = [each for each in contract.artifact.abi if each.get("name") in functions]
    found = {entry["name"]: entry for entry in entries if entry["type"] == "function"}
    formats = {}
    for name, (intent, labels) in functions.items():
        formats[name + _tuple(found[name]["inputs"])] = {
            "intent": intent,
            "fields": [
                _field(sale, path, kind, labels[path])
                for path, kind in _leaves(found[name]["inputs"])
                if labels[path]
            ],
            "required": [name for name, label in labels.items() if label],
            "excluded": [name for name, label in labels.items() if not label],
        }
    return {
        "$schema": SCHEMA,
        "context": {
            "$id": f"{OWNER} {contract.artifact.name}",
            "contract": {
                "abi": [found[name] for name in functions],
                "deployments": _deployments(sale, contract.address),
            },
        },
        "metadata": {"owner": OWNER},
        "display": {"formats": formats},
    }


def _of_messages(sale: Sale) -> dict[str, Any]:
    domain = [("name", "string"), ("version", "string"), ("chainId", "uint256")]
    types = {
        "EIP712Domain": _members([*domain, ("verifyingContract", "address")]),
    }
    word = [
        ("account", "address"),
        ("to", "address"),
        ("nonce", "uint256"),
        ("deadline", "uint256"),
    ]
    intents = {
        Purpose.CLAIM: "Claim to another address",
        Purpose.REFUND: "Refund to another address",
    }
    schemas, formats = [], {}
    for purpose, intent in intents.items():
        name = purpose.value
        schemas.append({"primaryType": name, "types": types | {name: _members(word)}})
        encoded = f"{name}({','.join(f'{kind} {member}' for member, kind in word)})"
        formats[encoded] = {
            "intent": intent,
            "fields": [
                {"path": "account", "label": "Account", "format": "addressName"},
                {"path": "to", "label": "Address that is paid", "format": "addressName"},
                _date("deadline", "Not after"),
            ],
            "excluded": ["nonce"],
        }
    return {
        "$schema": SCHEMA,
        "context": {
            "$id": f"{OWNER} words",
            "eip712": {
                "schemas": schemas,
                "domain": {"verifyingContract": sale.address, "chainId": sale.terms.chain_id},
                "deployments": _deployments(sale, sale.address),
            },
        },
        "metadata": {"owner": OWNER},
        "display": {"formats": formats},
    }


def _registry(sale: Sale) -> Contract:
    return sale.contract.chain.contract(
        "PassRegistry", checksummed(sale.terms.admission.pass_registry)
    )


def _tuple(members: Sequence[Entry]) -> str:
    """Types with the names of the arguments, by which fields find them."""
    kinds = (
        f"{_tuple(each['components']) if 'components' in each else each['type']} {each['name']}"
        for each in members
    )
    return f"({','.join(kinds)})"


def _leaves(members: Sequence[Entry], before: str = "") -> Iterator[tuple[str, str]]:
    """Path and type of each argument, those of a structure one by one."""
    for each in members:
        if "components" in each:
            yield from _leaves(each["components"], f"{before}{each['name']}.")
        else:
            yield before + each["name"], each["type"]


def _field(sale: Sale, path: str, kind: str, label: str) -> dict[str, Any]:
    if path in ("deadline", "attestation.expiresAt"):
        return _date(path, label)
    if kind == "address":
        return {"path": path, "label": label, "format": "addressName"}
    if path in ("amount", "value"):
        token = sale.terms.deal.sale_token if path == "amount" else sale.terms.deal.payment_token
        params = {"token": checksummed(token)}
        return {"path": path, "label": label, "format": "tokenAmount", "params": params}
    return {"path": path, "label": label, "format": "raw"}


def _date(path: str, label: str) -> dict[str, Any]:
    return {"path": path, "label": label, "format": "date", "params": {"encoding": "timestamp"}}


def _members(members: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in members]


def _deployments(sale: Sale, address: str) -> list[dict[str, Any]]:
    return [{"chainId": sale.terms.chain_id, "address": address}]
