// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vesting} from "./Terms.sol";

/// @title Locked allocations: many grants, of any token, in one contract.
/// @notice Nobody has a role here but for the revoker that a grant itself names, and a revoker can never take what has
/// vested. A grant's terms are its name: the vault stores one slot for each, who is its beneficiary and what was released,
/// and whoever acts on a grant shows the rest.

/// @notice What grants of one batch have in common.
struct Plan {
    address token;
    address revoker; // may end the vesting of what is not vested yet, and gets that; address(0): nobody
    Vesting schedule;
}

/// @notice A grant to make.
struct Award {
    address beneficiary;
    uint256 amount; // tokens, 1 .. 2^96 - 1
}

/// @notice A grant. Its id is the keccak-256 of its standard ABI encoding.
struct Grant {
    Plan plan;
    uint256 amount; // tokens
    uint256 number; // from 1, in the order of creation over the whole vault
}

interface IVestingVault {
    event PlanUsed(address indexed token, address indexed funder, uint256 firstNumber, Plan plan);
    event GrantCreated(bytes32 indexed id, address indexed beneficiary, uint256 number, uint256 amount);

    /// @notice An award that cannot be one (nobody's, the vault's, or an impossible amount) was left out, and is not paid for.
    event AwardSkipped(uint256 indexed index, address beneficiary, uint256 amount);
    event Released(bytes32 indexed id, address indexed beneficiary, uint256 amount);
    event Revoked(bytes32 indexed id, uint256 vested, uint256 returned);
    event BeneficiaryChanged(bytes32 indexed id, address indexed from, address indexed to);

    /// @notice A field of a plan, or `amount`, breaks a rule; `given` is what it says, `bound` what it had to respect.
    error VestingVault_PlanInvalid(bytes32 field, uint256 given, uint256 bound);
    error VestingVault_OnlyLaunchpad(address caller, address launchpad);
    error VestingVault_FundingShort(uint256 received, uint256 due);
    error VestingVault_CreatedMeanwhile(uint256 grantCount, uint256 expected); // the token called back
    error VestingVault_NoSuchGrant(bytes32 id);
    error VestingVault_NothingToRelease(bytes32 id);
    error VestingVault_OnlyBeneficiary(address caller, address beneficiary);
    error VestingVault_OnlyRevoker(address caller, address revoker);
    error VestingVault_AlreadyRevoked(bytes32 id, uint256 revokedAt);
    error VestingVault_BeneficiaryInvalid(address to); // zero, or the vault

    /// @notice Makes a grant of each award that can be one, skips the others, and pulls the sum from the caller. Anyone may.
    /// - The token must deliver exactly what is sent (no fee on transfer), else `FundingShort`.
    /// @return firstNumber Number of the first grant made; 0: none was.
    /// @return created How many were made.
    function create(Plan calldata plan, Award[] calldata awards)
        external
        returns (uint256 firstNumber, uint256 created);

    /// @notice Makes one grant of tokens that the `ILaunchpad` has sent here before, in the same transaction. Only it may.
    /// Reverts where `create` would skip.
    function createFunded(Plan calldata plan, Award calldata award, address funder)
        external
        returns (uint256 number);

    /// @notice Sends what has vested, and was not sent yet, to the beneficiary. Anyone may.
    function release(Grant calldata grant) external returns (uint256 amount);

    /// @notice Ends the vesting: what has vested stays the beneficiary's, the rest goes to the revoker. Only the plan's
    /// revoker, once.
    function revoke(Grant calldata grant) external returns (uint256 returned);

    /// @notice Makes another account the beneficiary, of what was not released yet. Only the present beneficiary.
    function transfer(Grant calldata grant, address to) external;

    /// @notice The only one that may `createFunded`.
    function LAUNCHPAD() external view returns (address);

    function idOf(Grant calldata grant) external pure returns (bytes32);
    function beneficiaryOf(bytes32 id) external view returns (address);
    function releasedOf(bytes32 id) external view returns (uint256);

    /// @notice When the grant was revoked; 0: it was not.
    function revokedAtOf(bytes32 id) external view returns (uint256);

    /// @notice Tokens vested so far; after a revocation, those vested when it was. Only of a grant that was made.
    function vestedOf(Grant calldata grant) external view returns (uint256);
    function releasableOf(Grant calldata grant) external view returns (uint256);

    /// @notice Grants made so far.
    function grantCount() external view returns (uint256);
}
