// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ListingTerms, SaleTerms} from "./Terms.sol";

/// @title The rules that terms must respect for a sale to be listed, and the form in which a sale carries them.
/// @notice Each rule is what some later line relies on: sums that fit their storage, divisors that are not 0, windows in
/// order, receivers that exist. Stateless, so that anyone can ask before a sale is made.
///
/// The form. A sale's code ends with its terms: numbers big-endian, nothing between them. What a claim needs comes first.
///
///   at  size                             at  size
///    0    32  termsHash                 310     8  chainId
///   32     4  applicationId             318    14  deal.softCap
///   36     5  settleDeadline            332    20  parties.holdingsPublisher
///   41    20  deal.saleToken            352     4  parties.challengeSeconds
///   61    20  deal.paymentToken         356    20  parties.proceedsTo
///   81    14  deal.price                376    20  parties.unsoldTo
///   95    14  deal.priceUnit            396    20  parties.feeTo
///  109     5  vesting.start             416     2  parties.feeBps
///  114     2  vesting.unlockBps         418     2  escrow.initialBps
///  116     5  vesting.cliffSeconds      420     2  escrow.objectionBps
///  121     5  vesting.durationSeconds   422     4  escrow.objectionSeconds
///  126     5  vesting.stepSeconds       426     4  escrow.graceSeconds
///  131     1  number of sessions        430     4  escrow.exitSeconds
///  132     1  number of tiers           434    20  escrow.remainderTo
///  133     1  number of attesters       454     5  holdings.drawTime
///  134     1  number of milestones      459        sessions: start 5, end 5, supply 12, limit 14
///  135    12  deal.accountCap                      tiers: threshold 14, coefficient 2
///  147    14  deal.minimum                         attesters: 20
///  161    20  admission.passRegistry               milestones: shareBps 2, deadline 5
///  181     1  admission.level
///  182   128  admission.jurisdictions
interface ITermsRules {
    /// @notice A field of the terms breaks a rule; `given` is what it says, `bound` what it had to respect. For list
    /// fields the first offending row counts. Addresses and hashes are given as numbers.
    error TermsRules_Invalid(bytes32 field, uint256 given, uint256 bound);

    /// @notice Checks the terms of a sale on this chain.
    /// @param applicationId Below 2^32.
    /// @return packed What the code of the sale has to end with.
    function pack(ListingTerms calldata terms, uint256 applicationId)
        external
        view
        returns (bytes memory packed);

    /// @notice What is in the code of `sale`, which must be one.
    function termsOf(address sale) external view returns (SaleTerms memory);
}
