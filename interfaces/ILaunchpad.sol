// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ListingTerms} from "./Terms.sol";

/// @title The front door: turns approved terms into a funded sale, and keeps the list of sales.
/// @notice Nobody has a role here. In one call a sale and its escrow are created, as minimal clones at addresses that only
/// the application's number and the terms decide, and the project's tokens are moved: the whole supply into the sale,
/// the project's own allocations into the `IVestingVault`. There is no sale that is not funded.
interface ILaunchpad {
    /// @notice Everything that was reviewed: `terms` is `abi.encode(ListingTerms)`, and `termsHash` its keccak-256.
    event Listed(
        uint256 indexed applicationId, address indexed sale, address indexed escrow, bytes32 termsHash, bytes terms
    );

    /// @notice The parts name another launchpad than this one.
    error Launchpad_Misconfigured(address part);
    error Launchpad_TooLate(uint256 timestamp, uint256 drawTime);
    error Launchpad_FundingShort(uint256 received, uint256 due);

    /// @notice Lists the sale of an approved application. Anyone may; the tokens come from the applicant, who has
    /// approved this contract for the supply and all allocations together.
    /// - `terms` must hash to what was approved, and respect every rule of `ITermsRules`.
    /// - It must be before `holdings.drawTime`: the randomness that decides which balances count is not known yet.
    /// - The sale token must deliver exactly what is sent (no fee on transfer), else `FundingShort`.
    function list(uint256 applicationId, ListingTerms calldata terms)
        external
        returns (address sale, address escrow);

    /// @notice Where `list` would put the sale.
    function predict(uint256 applicationId, ListingTerms calldata terms)
        external
        view
        returns (address sale, address escrow);

    /// @notice The sale of an application; address(0): not listed.
    function saleOf(uint256 applicationId) external view returns (address);

    /// @notice The block of the `Listed` event of an application, where its terms are found; 0: not listed.
    function listingBlockOf(uint256 applicationId) external view returns (uint256);

    /// @notice The escrow of a sale, whether there is one or not.
    function escrowOf(address sale) external view returns (address);

    function saleCount() external view returns (uint256);

    /// @notice Sales in the order of their listing, from the one numbered `first` (from 0), at most `count`.
    function sales(uint256 first, uint256 count) external view returns (address[] memory);

    function REVIEW() external view returns (address);
    function TERMS_RULES() external view returns (address);
    function VESTING_VAULT() external view returns (address);
    function SALE_IMPLEMENTATION() external view returns (address);
    function ESCROW_IMPLEMENTATION() external view returns (address);
}
