// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {ILaunchpad} from "../interfaces/ILaunchpad.sol";
import {IProceedsEscrow} from "../interfaces/IProceedsEscrow.sol";
import {IProjectReview} from "../interfaces/IProjectReview.sol";
import {ISubscriptionSale} from "../interfaces/ISubscriptionSale.sol";
import {ITermsRules} from "../interfaces/ITermsRules.sol";
import {Award, IVestingVault, Plan} from "../interfaces/IVestingVault.sol";
import {Allocation, ListingTerms} from "../interfaces/Terms.sol";

/// @title The front door of the platform. See `ILaunchpad`.
contract Launchpad is ILaunchpad {
    address public immutable REVIEW;
    address public immutable TERMS_RULES;
    address public immutable VESTING_VAULT;
    address public immutable SALE_IMPLEMENTATION;
    address public immutable ESCROW_IMPLEMENTATION;

    /// @notice A sale, and the block of its `Listed` event: whoever has the one finds the other without a search.
    struct Listing {
        address sale;
        uint64 blockNumber;
    }

    mapping(uint256 applicationId => Listing) private _listingOf;
    uint32[] private _listed; // applications, in the order of their listing

    /// @dev Review, vault and implementations are made before this contract, for its predicted address.
    constructor(
        address review,
        address termsRules,
        address vestingVault,
        address saleImplementation,
        address escrowImplementation
    ) {
        _requireMine(review, IProjectReview(review).LAUNCHPAD());
        _requireMine(vestingVault, IVestingVault(vestingVault).LAUNCHPAD());
        (address launchpad, address itsReview, address itsEscrow) =
            ISubscriptionSale(saleImplementation).parts();
        _requireMine(saleImplementation, launchpad);
        if (itsReview != review || itsEscrow != escrowImplementation) {
            revert Launchpad_Misconfigured(saleImplementation);
        }
        if (IProceedsEscrow(payable(escrowImplementation)).REVIEW() != review) {
            revert Launchpad_Misconfigured(escrowImplementation);
        }
        REVIEW = review;
        TERMS_RULES = termsRules;
        VESTING_VAULT = vestingVault;
        SALE_IMPLEMENTATION = saleImplementation;
        ESCROW_IMPLEMENTATION = escrowImplementation;
    }

    function _requireMine(address part, address launchpad) private view {
        if (launchpad != address(this)) revert Launchpad_Misconfigured(part);
    }

    // ------------------------------------------------------------------------------------------------- list

    /// @inheritdoc ILaunchpad
    function list(uint256 applicationId, ListingTerms calldata terms)
        external
        returns (address sale, address escrow)
    {
        // Check
        bytes memory encoding = abi.encode(terms);
        bytes32 termsHash = keccak256(encoding);
        bytes memory packed = ITermsRules(TERMS_RULES).pack(terms, applicationId);
        // Who knows the randomness could have chosen the terms by it.
        uint256 drawTime = terms.holdings.drawTime;
        if (block.timestamp >= drawTime) revert Launchpad_TooLate(block.timestamp, drawTime);

        // Effect
        address applicant = IProjectReview(REVIEW).list(applicationId, termsHash);
        sale = Clones.cloneDeterministicWithImmutableArgs(SALE_IMPLEMENTATION, packed, 0);
        escrow = Clones.cloneDeterministicWithImmutableArgs(ESCROW_IMPLEMENTATION, abi.encodePacked(sale), 0);
        _listingOf[applicationId] = Listing({sale: sale, blockNumber: uint64(block.number)});
        _listed.push(uint32(applicationId)); // checked by `pack`
        emit Listed(applicationId, sale, escrow, termsHash, encoding);

        // Interact
        _fund(terms, applicant, sale);
    }

    function _fund(ListingTerms calldata terms, address applicant, address sale) private {
        address token = terms.sale.deal.saleToken;
        uint256 supply;
        for (uint256 i; i < terms.sale.sessions.length; ++i) {
            supply += terms.sale.sessions[i].supply;
        }
        _move(token, applicant, sale, supply);

        uint256 locked;
        for (uint256 i; i < terms.allocations.length; ++i) {
            locked += terms.allocations[i].amount;
        }
        if (locked == 0) return;
        _move(token, applicant, VESTING_VAULT, locked);
        for (uint256 i; i < terms.allocations.length; ++i) {
            Allocation calldata allocation = terms.allocations[i];
            IVestingVault(VESTING_VAULT)
                .createFunded(
                    Plan({token: token, revoker: allocation.revoker, schedule: allocation.schedule}),
                    Award({beneficiary: allocation.beneficiary, amount: allocation.amount}),
                    applicant
                );
        }
    }

    function _move(address token, address from, address to, uint256 amount) private {
        uint256 before = SafeTransferLib.balanceOf(token, to);
        SafeTransferLib.safeTransferFrom(token, from, to, amount);
        uint256 received = SafeTransferLib.balanceOf(token, to) - before;
        if (received != amount) revert Launchpad_FundingShort(received, amount);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ILaunchpad
    function predict(uint256 applicationId, ListingTerms calldata terms)
        external
        view
        returns (address sale, address escrow)
    {
        sale = Clones.predictDeterministicAddressWithImmutableArgs(
            SALE_IMPLEMENTATION, ITermsRules(TERMS_RULES).pack(terms, applicationId), 0
        );
        escrow = escrowOf(sale);
    }

    /// @inheritdoc ILaunchpad
    function saleOf(uint256 applicationId) external view returns (address) {
        return _listingOf[applicationId].sale;
    }

    /// @inheritdoc ILaunchpad
    function listingBlockOf(uint256 applicationId) external view returns (uint256) {
        return _listingOf[applicationId].blockNumber;
    }

    /// @inheritdoc ILaunchpad
    function escrowOf(address sale) public view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(
            ESCROW_IMPLEMENTATION, abi.encodePacked(sale), 0
        );
    }

    /// @inheritdoc ILaunchpad
    function saleCount() external view returns (uint256) {
        return _listed.length;
    }

    /// @inheritdoc ILaunchpad
    function sales(uint256 first, uint256 count) external view returns (address[] memory page) {
        uint256 length = _listed.length;
        if (first > length) first = length;
        if (count > length - first) count = length - first;
        page = new address[](count);
        for (uint256 i; i < count; ++i) {
            page[i] = _listingOf[_listed[first + i]].sale;
        }
    }
}
