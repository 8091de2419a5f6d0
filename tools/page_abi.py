"""Writes what the page has to know of the contracts: `python tools/page_abi.py`; with `--check` only compares.

The functions and events that the page uses, by name, and every error of every contract of ours.
"""

import json
import sys
from typing import Any, Final

from jumpstart.chain.compiler import PROJECT_ROOT, compile_contracts

TARGET: Final = PROJECT_ROOT / "web" / "src" / "abi.ts"

USED: Final = {
    "ISubscriptionSale": (
        "abandon", "applicationId", "claim", "claimTo", "claimableOf", "demandOf", "depositOf",
        "allotmentOf", "nonceOf", "opening", "parts", "positionOf", "refund", "refundTo",
        "sessionsSettled", "settle", "settlementOf", "status", "subscribe", "subscribeWithPermit",
        "totalWeight", "weightOf",
    ),
    "IProceedsEscrow": (
        "delivery", "exit", "exitOf", "exitWithoutTokens", "hasObjected", "hasSharedBond", "object",
        "shareBond", "slash",
    ),
    "ILaunchpad": ("escrowOf", "listingBlockOf", "saleOf", "Listed"),
    "IProjectReview": ("applicationOf", "guardian", "resultOf", "rules", "Applied"),
    "IPassRegistry": ("passOf", "present"),
    "ProjectToken": (
        "allowance", "approve", "balanceOf", "decimals", "name", "nonces", "symbol",
        "DOMAIN_SEPARATOR", "permit",
    ),
}  # fmt: skip
TERMS: Final = ("ILaunchpad", "list")  # whose last argument the terms are
LIBRARY_ERRORS: Final = ("ETHTransferFailed", "TransferFailed", "TransferFromFailed")
"""Without arguments; what moves tokens and coins reverts with them, and no ABI of ours has them."""
OWN_ERRORS: Final = (
    "SubscriptionSale", "ProceedsEscrow", "Launchpad", "PassRegistry", "ProjectReview", "VestingVault",
    "TermsRules", "ProjectToken",
)  # fmt: skip


def module() -> str:
    """The text of the module."""
    artifacts = compile_contracts()
    lines = [
        "// Made by tools/page_abi.py from the contracts. Not to be edited.",
        "",
    ]
    for contract, names in USED.items():
        abi = artifacts[contract].abi
        found = [_trimmed(entry) for entry in abi if entry.get("name") in names]
        missing = set(names) - {entry["name"] for entry in found}
        if missing:
            raise SystemExit(f"{contract} has no {', '.join(sorted(missing))}")
        name = contract.removeprefix("I")
        name = name[0].lower() + name[1:]
        lines.append(f"export const {name}Abi = {_written(found)} as const;\n")
    contract, function = TERMS
    (entry,) = (each for each in artifacts[contract].abi if each.get("name") == function)
    lines.append(
        f"export const termsAbi = {_written([_parameter(entry['inputs'][-1])])} as const;\n"
    )
    errors: dict[str, Any] = {
        name: {"type": "error", "name": name, "inputs": []} for name in LIBRARY_ERRORS
    }
    for contract in OWN_ERRORS:
        for entry in artifacts[contract].abi:
            if entry["type"] == "error":
                errors[entry["name"]] = _trimmed(entry)
    ordered = [errors[name] for name in sorted(errors)]
    lines.append(f"export const errorsAbi = {_written(ordered)} as const;\n")
    return "\n".join(lines)


def _trimmed(entry: Any) -> dict[str, Any]:
    kept: dict[str, Any] = {"type": entry["type"], "name": entry["name"]}
    for part in ("inputs", "outputs"):
        if part in entry:
            kept[part] = list(map(_parameter, entry[part]))
    if "stateMutability" in entry:
        kept["stateMutability"] = entry["stateMutability"]
    return kept


def _parameter(entry: Any) -> dict[str, Any]:
    kept: dict[str, Any] = {"type": entry["type"], "name": entry["name"]}
    if "components" in entry:
        kept["components"] = list(map(_parameter, entry["components"]))
    if entry.get("indexed"):
        kept["indexed"] = True
    return kept


def _written(entries: list[dict[str, Any]]) -> str:
    """An entry a line."""
    return "[\n" + "".join(f"  {json.dumps(each)},\n" for each in entries) + "]"


def main() -> int:
    text = module()
    if "--check" in sys.argv[1:]:
        if TARGET.read_text() != text:
            sys.stderr.write(
                "web/src/abi.ts is not what the contracts say: run tools/page_abi.py\n"
            )
            return 1
        return 0
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
