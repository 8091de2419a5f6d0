// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Passes: what an attester vouches for about an account, without saying who it is.
/// @notice Anyone can be an attester; a sale's terms say whose word counts. An attester signs an `Attestation`, the
/// account presents it. The identity is blinded (for example a keyed hash of a document number): the registry only
/// uses it so that one identity of an attester holds one account. The attester is trusted for exactly that: that one
/// person has one identity with it. No personal data comes here.

/// @notice What an attester signs (EIP-712, EOA or ERC-1271).
struct Attestation {
    address account;
    bytes32 identity; // blinded, not zero
    uint16 jurisdiction; // ISO 3166-1 numeric
    uint8 level; // 1 or more; what a level means is the attester's to publish
    uint40 issuedAt; // Unix seconds, not in the future
    uint40 expiresAt; // Unix seconds, exclusive
}

/// @notice What is kept of it, in one slot.
struct Pass {
    uint16 jurisdiction;
    uint8 level; // 0: no pass, or revoked
    uint40 issuedAt;
    uint40 expiresAt;
    uint40 revokedAt; // the last revocation; 0: never
}

interface IPassRegistry {
    event PassPresented(
        address indexed attester,
        address indexed account,
        bytes32 indexed identity,
        uint256 jurisdiction,
        uint256 level,
        uint256 issuedAt,
        uint256 expiresAt
    );
    event PassRevoked(address indexed attester, address indexed account, uint256 revokedAt);

    error PassRegistry_NotTheAccount(address caller, address account);
    error PassRegistry_IdentityZero();
    error PassRegistry_LevelZero();
    error PassRegistry_JurisdictionUnknown(uint256 jurisdiction);
    error PassRegistry_IssuedInFuture(uint256 issuedAt, uint256 timestamp);
    error PassRegistry_Expired(uint256 expiresAt, uint256 timestamp);
    error PassRegistry_Superseded(uint256 issuedAt, uint256 notBefore);
    error PassRegistry_IdentityTaken(bytes32 identity, address account);
    error PassRegistry_SignatureInvalid(address attester);

    /// @notice Presents an attestation for the caller. A newer one replaces the pass (renewal); one that is not newer than
    /// the present pass and the last revocation is `Superseded`. An identity stays with the account that last presented
    /// it for as long as that account has an unrevoked pass of this attester.
    function present(Attestation calldata attestation, address attester, bytes calldata signature) external;

    /// @notice Takes back whatever the caller has attested of `account` until now, presented or not. Sales look at passes
    /// when an account first subscribes, so what was subscribed before stays.
    function revoke(address account) external;

    /// @notice The pass of `account` by `attester`; expired ones are shown as they are.
    function passOf(address attester, address account) external view returns (Pass memory);

    /// @notice Level and jurisdiction of a pass that counts now; both 0 where there is none, or it was revoked, or it has
    /// expired.
    function standingOf(address attester, address account)
        external
        view
        returns (uint256 level, uint256 jurisdiction);

    /// @notice The account that last presented this identity of `attester`.
    function accountOf(address attester, bytes32 identity) external view returns (address);
}
