// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Attestation, IPassRegistry, Pass} from "../interfaces/IPassRegistry.sol";

/// @title KYC passes. See `IPassRegistry`.
contract PassRegistry is IPassRegistry, EIP712 {
    bytes32 private constant ATTESTATION_TYPEHASH = keccak256(
        "Attestation(address account,bytes32 identity,uint16 jurisdiction,uint8 level,uint40 issuedAt,uint40 expiresAt)"
    );
    uint256 private constant MAX_JURISDICTION = 999; // ISO 3166-1 numeric codes have three digits

    mapping(address attester => mapping(address account => Pass)) private _passOf;
    mapping(address attester => mapping(bytes32 identity => address)) private _accountOf;

    constructor() EIP712("Jumpstart PassRegistry", "1") {}

    // ------------------------------------------------------------------------------------------------ present

    /// @inheritdoc IPassRegistry
    function present(Attestation calldata attestation, address attester, bytes calldata signature) external {
        // Check
        address account = attestation.account;
        if (msg.sender != account) revert PassRegistry_NotTheAccount(msg.sender, account);
        if (attestation.identity == 0) revert PassRegistry_IdentityZero();
        if (attestation.level == 0) revert PassRegistry_LevelZero();
        if (attestation.jurisdiction > MAX_JURISDICTION) {
            revert PassRegistry_JurisdictionUnknown(attestation.jurisdiction);
        }
        if (attestation.issuedAt > block.timestamp) {
            revert PassRegistry_IssuedInFuture(attestation.issuedAt, block.timestamp);
        }
        if (block.timestamp >= attestation.expiresAt) {
            revert PassRegistry_Expired(attestation.expiresAt, block.timestamp);
        }
        Pass memory pass = _passOf[attester][account];
        uint256 notAfter = pass.issuedAt > pass.revokedAt ? pass.issuedAt : pass.revokedAt;
        if (attestation.issuedAt <= notAfter) {
            revert PassRegistry_Superseded(attestation.issuedAt, notAfter + 1);
        }
        address holder = _accountOf[attester][attestation.identity];
        if (holder != address(0) && holder != account && _passOf[attester][holder].level != 0) {
            revert PassRegistry_IdentityTaken(attestation.identity, holder);
        }
        if (!SignatureChecker.isValidSignatureNow(attester, _digestOf(attestation), signature)) {
            revert PassRegistry_SignatureInvalid(attester);
        }

        // Effect
        _accountOf[attester][attestation.identity] = account;
        _passOf[attester][account] = Pass({
            jurisdiction: attestation.jurisdiction,
            level: attestation.level,
            issuedAt: attestation.issuedAt,
            expiresAt: attestation.expiresAt,
            revokedAt: pass.revokedAt
        });
        emit PassPresented(
            attester,
            account,
            attestation.identity,
            attestation.jurisdiction,
            attestation.level,
            attestation.issuedAt,
            attestation.expiresAt
        );
    }

    function _digestOf(Attestation calldata attestation) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ATTESTATION_TYPEHASH, attestation)));
    }

    // ------------------------------------------------------------------------------------------------- revoke

    /// @inheritdoc IPassRegistry
    function revoke(address account) external {
        Pass storage pass = _passOf[msg.sender][account];
        pass.level = 0;
        pass.revokedAt = uint40(block.timestamp); // good until the year 36,812
        emit PassRevoked(msg.sender, account, block.timestamp);
    }

    // -------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IPassRegistry
    function passOf(address attester, address account) external view returns (Pass memory) {
        return _passOf[attester][account];
    }

    /// @inheritdoc IPassRegistry
    function standingOf(address attester, address account)
        external
        view
        returns (uint256 level, uint256 jurisdiction)
    {
        Pass storage pass = _passOf[attester][account];
        if (block.timestamp >= pass.expiresAt || pass.level == 0) return (0, 0);
        return (pass.level, pass.jurisdiction);
    }

    /// @inheritdoc IPassRegistry
    function accountOf(address attester, bytes32 identity) external view returns (address) {
        return _accountOf[attester][identity];
    }
}
