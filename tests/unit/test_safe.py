"""Files for a Safe's owners, and hashes, against what Safe's own tools have printed."""

import json
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.accounts import checksummed
from jumpstart.chain.abi import calldata_of
from jumpstart.errors import InputError
from jumpstart.safe import (
    MULTI_SEND,
    VERSIONS,
    Call,
    Operation,
    SafeTransaction,
    builder_file,
    checksum_of,
    transaction_of,
)
from jumpstart.signatures import TypedData

SAFE = bytes.fromhex("111ceeee040739fd91d29c34c33e6b3e112f2177")
TARGET = bytes.fromhex("49d4450977e2c95362c13d3a31a09311e0ea26a6")

# A transaction of a real Safe on Arbitrum, as the README of pcaversaccio/safe-tx-hashes-util shows it.
KNOWN = SafeTransaction(
    chain_id=42_161,
    safe=SAFE,
    version="1.3.0",
    nonce=234,
    to=SAFE,
    data=bytes.fromhex(
        "0d582f13"
        "0000000000000000000000000c75fa5a5f1c0997e3eea425cfa13184ed0ec9e5"
        "0000000000000000000000000000000000000000000000000000000000000003"
    ),
)


def test_hashes_are_those_that_hardware_wallets_showed() -> None:
    """Of a transaction that was signed and mined."""
    assert KNOWN.domain_hash.hex().upper() == (
        "1CF7F9B1EFE3BC47FE02FD27C649FEA19E79D66040683A1C86C7490C80BF7291"
    )
    assert KNOWN.message_hash.hex().upper() == (
        "D9109EA63C50ECD3B80B6B27ED5C5A9FD3D546C2169DFB69BFA7BA24CD14C7A5"
    )
    assert KNOWN.safe_tx_hash.hex() == (
        "0cb7250b8becd7069223c54e2839feaed4cee156363fbfe5dd0a48e75c4e25b3"
    )


@given(
    version=st.sampled_from(VERSIONS),
    chain_id=st.integers(1, 2**64),
    to=st.binary(min_size=20, max_size=20),
    value=st.integers(0, 2**256 - 1),
    data=st.binary(max_size=100),
    operation=st.sampled_from(Operation),
    nonce=st.integers(0, 2**256 - 1),
)
def test_the_hash_is_eip_712s(
    version: str,
    chain_id: int,
    to: bytes,
    value: int,
    data: bytes,
    operation: Operation,
    nonce: int,
) -> None:
    """Whatever is signed, an independent implementation of the standard hashes it alike."""
    nobody = checksummed(bytes(20))
    domain: dict[str, Any] = {"verifyingContract": checksummed(SAFE)}
    if version != "1.1.1":
        domain["chainId"] = chain_id
    typed = TypedData(
        domain=domain,
        primary_type="SafeTx",
        fields={
            "to": "address", "value": "uint256", "data": "bytes", "operation": "uint8",
            "safeTxGas": "uint256", "baseGas": "uint256", "gasPrice": "uint256",
            "gasToken": "address", "refundReceiver": "address", "nonce": "uint256",
        },
        message={
            "to": checksummed(to), "value": value, "data": data, "operation": int(operation),
            "safeTxGas": 0, "baseGas": 0, "gasPrice": 0, "gasToken": nobody,
            "refundReceiver": nobody, "nonce": nonce,
        },
    )  # fmt: skip
    transaction = SafeTransaction(
        chain_id=chain_id, safe=SAFE, version=version, nonce=nonce,
        to=to, value=value, data=data, operation=operation,
    )  # fmt: skip
    assert transaction.safe_tx_hash == typed.digest


@pytest.mark.parametrize("version", VERSIONS)
def test_several_calls_go_through_multi_send(version: str) -> None:
    """Each packed after its operation, address, value and length."""
    calls = [Call(to=TARGET, data=b"\xaa" * 5, value=7), Call(to=SAFE, data=b"")]
    known = {"chain_id": 1, "safe": SAFE, "version": version, "nonce": 3}
    address = MULTI_SEND[version][0]
    both = transaction_of(calls, multi_send=address, **known)  # type: ignore[arg-type]
    packed = (
        b"\0" + TARGET + (7).to_bytes(32) + (5).to_bytes(32) + b"\xaa" * 5
        + b"\0" + SAFE + bytes(32) + bytes(32)
    )  # fmt: skip
    assert (both.to, both.value, both.operation) == (address, 0, Operation.DELEGATECALL)
    assert both.data == bytes.fromhex("8d80ff0a") + encode(["bytes"], [packed])
    one = transaction_of(calls[:1], multi_send=address, **known)  # type: ignore[arg-type]
    assert (one.to, one.value, one.data, one.operation) == (TARGET, 7, b"\xaa" * 5, Operation.CALL)


def test_what_cannot_be_hashed_is_refused() -> None:
    """Each for its own reason."""
    known: dict[str, Any] = {"chain_id": 1, "safe": SAFE, "version": "1.4.1", "nonce": 3}
    call = Call(to=TARGET, data=b"")
    with pytest.raises(InputError, match="at least one call"):
        transaction_of([], **known)
    with pytest.raises(InputError, match="need the address of MultiSendCallOnly"):
        transaction_of([call, call], **known)
    with pytest.raises(InputError, match=r"of version 1\.0\.0: hashes are known for 1\.1\.1"):
        transaction_of([call], **(known | {"version": "1.0.0"}))
    with pytest.raises(InputError, match=r"of version 9"):
        _ = SafeTransaction(to=TARGET, data=b"", **(known | {"version": "9"})).domain_hash


# ---------------------------------------------------------------------------------------- the file

# The file of the builder's own test of its checksum (safe-react-apps, tx-builder, checksum.test.js).
BUILDERS = {
    "version": "1.0",
    "chainId": "4",
    "createdAt": 1646321521061,
    "meta": {
        "name": "test batch file",
        "txBuilderVersion": "1.4.0",
        "checksum": "",
        "createdFromSafeAddress": "0xDF8a1Ce35c9a6ACE153B4e0767942f1E2291a1Aa",
        "createdFromOwnerAddress": "0x49d4450977E2c95362C13D3a31a09311E0Ea26A6",
    },
    "transactions": [
        {
            "to": "0x49d4450977E2c95362C13D3a31a09311E0Ea26A6",
            "value": "0",
            "contractMethod": {
                "inputs": [{"internalType": "address", "name": "paramAddress", "type": "address"}],
                "name": "testAddress",
                "payable": False,
            },
            "contractInputsValues": {"paramAddress": "0x49d4450977E2c95362C13D3a31a09311E0Ea26A6"},
        },
        {
            "to": "0x49d4450977E2c95362C13D3a31a09311E0Ea26A6",
            "value": "0",
            "contractMethod": {
                "inputs": [{"internalType": "bool", "name": "paramBool", "type": "bool"}],
                "name": "testBool",
                "payable": False,
            },
            "contractInputsValues": {"paramAddress": "", "paramBool": "false"},
        },
        {
            "to": "0x49d4450977E2c95362C13D3a31a09311E0Ea26A6",
            "value": "2000000000000000000",
            "data": "0x42f4579000000000000000000000000049d4450977e2c95362c13d3a31a09311e0ea26a6",
        },
    ],
}

# A file that version 1.18.2 of the builder wrote (5afe/safe-cli-nodejs, an example of the format).
EXPORTED = {
    "version": "1.0",
    "chainId": "1",
    "createdAt": 1761326849944,
    "meta": {
        "name": "Transactions Batch",
        "description": "",
        "txBuilderVersion": "1.18.2",
        "createdFromSafeAddress": "0xA77DE01e157f9f57C7c4A326eeE9C4874D0598b6",
        "createdFromOwnerAddress": "",
    },
    "transactions": [
        {
            "to": "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
            "value": "0",
            "data": None,
            "contractMethod": {
                "inputs": [
                    {"internalType": "address", "name": "spender", "type": "address"},
                    {"internalType": "uint256", "name": "value", "type": "uint256"},
                ],
                "name": "approve",
                "payable": False,
            },
            "contractInputsValues": {
                "spender": "0x474e5Ded6b5D078163BFB8F6dBa355C3aA5478C8",
                "value": "100000000000",
            },
        }
    ],
}


def test_the_checksum_is_the_builders() -> None:
    """On the file of its own test, and on one that it has written."""
    assert checksum_of(BUILDERS) == (
        "0x4ecbfd364aa6759983915644e73f8bd411e85a2dc306f252a387c2728c4db64c"
    )
    assert checksum_of(EXPORTED) == (
        "0x8b5032f716845c8b08bab3d63dbd9ba92e056f3557793cd041e59b84e16aa989"
    )


def test_the_checksum_is_of_everything_but_the_name_and_the_order() -> None:
    """As the builder does it."""
    turned = dict(reversed(BUILDERS.items()))
    assert checksum_of(turned) == checksum_of(BUILDERS)
    meta: dict[str, Any] = BUILDERS["meta"]  # type: ignore[assignment]
    assert checksum_of(BUILDERS | {"meta": meta | {"name": "é\n"}}) == checksum_of(BUILDERS)
    assert checksum_of(BUILDERS | {"meta": meta | {"x": "é"}}) != checksum_of(BUILDERS)
    assert checksum_of(BUILDERS | {"chainId": "5"}) != checksum_of(BUILDERS)
    transactions: Any = BUILDERS["transactions"]
    assert checksum_of(BUILDERS | {"transactions": transactions[::-1]}) != checksum_of(BUILDERS)


def parameter(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "internalType": kind, **more}


def function(*inputs: dict[str, Any], payable: bool = False) -> dict[str, Any]:
    mutability = "payable" if payable else "nonpayable"
    return {"type": "function", "name": "act", "inputs": inputs, "stateMutability": mutability}


def file_of(entry: dict[str, Any], *args: Any) -> dict[str, Any]:
    """The only entry of a file with one call."""
    call = Call(to=TARGET, data=calldata_of(entry, args), method=entry, args=args)
    transaction = transaction_of([call], chain_id=1, safe=SAFE, version="1.4.1", nonce=0)
    content = json.loads(json.dumps(builder_file([call], transaction, name="act")))
    written: dict[str, Any] = content["transactions"][0]
    return written


def test_a_file_is_what_the_builder_exports() -> None:
    """The same keys, and the hashes beside them for whoever reads it."""
    call = Call(
        to=TARGET,
        data=calldata_of(entry := function(parameter("account", "address")), (checksummed(SAFE),)),
        method=entry,
        args=(checksummed(SAFE),),
    )
    transaction = transaction_of([call], chain_id=5, safe=SAFE, version="1.4.1", nonce=9)
    content = builder_file([call], transaction, name="act")
    assert content.keys() == EXPORTED.keys()
    meta, exported = content["meta"], EXPORTED["meta"]
    assert meta.keys() == {*exported, "checksum"}  # type: ignore[misc]
    without = {**content, "meta": {key: meta[key] for key in meta if key != "checksum"}}
    assert meta["checksum"] == checksum_of(without)
    for part in (transaction.safe_tx_hash, transaction.domain_hash, transaction.message_hash):
        assert f"0x{part.hex()}" in meta["description"]
    assert "for nonce 9" in meta["description"]
    assert content["chainId"] == "5"
    assert content["createdAt"] == 0
    (written,) = content["transactions"]
    assert written.keys() == EXPORTED["transactions"][0].keys()  # type: ignore[index]
    assert written["data"] is None
    assert written["contractInputsValues"] == {"account": checksummed(SAFE)}


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("address", checksummed(SAFE), checksummed(SAFE)),
        ("uint256", 2**256 - 1, str(2**256 - 1)),
        ("bool", True, "true"),
        ("bool", False, "false"),
        ("bytes32", b"\xab" * 32, "0x" + "ab" * 32),
        ("bytes", b"", "0x"),
        ("string", " a, \"b\" ", " a, \"b\" "),
        ("uint8[3]", (1, 2, 255), '["1","2","255"]'),
        ("bytes32[]", (b"\1" * 32,), f'["0x{"01" * 32}"]'),
        ("bool[]", (True, False), "[true,false]"),
    ],
)  # fmt: skip
def test_values_are_written_as_a_person_types_them(kind: str, value: Any, text: str) -> None:
    """Numbers as text, however large: a program that reads JSON would round them."""
    written = file_of(function(parameter("it", kind)), value)
    assert written["contractInputsValues"] == {"it": text}
    assert written["data"] is None


def test_a_struct_is_written_as_a_list() -> None:
    """With every part as text, and its components beside its type."""
    components = [parameter("a", "uint256"), parameter("b", "bytes2"), parameter("c", "bool")]
    entry = function(parameter("it", "tuple", components=components))
    written = file_of(entry, (2**200, b"\1\2", True))
    assert written["contractInputsValues"] == {"it": f'["{2**200}","0x0102",true]'}
    (shown,) = written["contractMethod"]["inputs"]
    assert [each["name"] for each in shown["components"]] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "entry_and_args",
    [
        (function(parameter("it", "address[]")), [()]),
        (function(parameter("", "uint256")), [1]),
        (function(parameter("a", "uint256"), parameter("a", "uint256")), [1, 2]),
    ],
    ids=["empty list", "no name", "one name twice"],
)
def test_what_the_builder_would_encode_otherwise_is_given_as_bytes(
    entry_and_args: tuple[dict[str, Any], list[Any]],
) -> None:
    """It takes bytes as they are."""
    entry, args = entry_and_args
    assert file_of(entry, *args)["data"] == "0x" + calldata_of(entry, args).hex()


def test_a_call_without_a_method_is_bytes_and_coin() -> None:
    """Such as a payment."""
    call = Call(to=TARGET, data=b"", value=10**18)
    transaction = transaction_of([call], chain_id=1, safe=SAFE, version="1.3.0", nonce=0)
    (written,) = builder_file([call], transaction, name="pay")["transactions"]
    assert (written["value"], written["data"]) == (str(10**18), "0x")
    assert written["contractMethod"] is None
