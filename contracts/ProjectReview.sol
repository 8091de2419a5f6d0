// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Application, IProjectReview, ReviewRules} from "../interfaces/IProjectReview.sol";
import {ReviewBase} from "./review/ReviewBase.sol";
import {ReviewCommittee} from "./review/ReviewCommittee.sol";
import {ReviewMotions} from "./review/ReviewMotions.sol";

/// @title The review of projects. See `IProjectReview`.
/// @notice Its rules are part of its code. Here it shows an application; the parts of its life are in `review/`.
contract ProjectReview is ReviewMotions {
    /// @param launchpad May be made later than this contract, at the address predicted for it.
    constructor(
        ReviewRules memory rules,
        address launchpad,
        address chair,
        address guardian,
        address[] memory reviewers
    ) ReviewBase(rules, launchpad) ReviewCommittee(chair, guardian, reviewers) {}

    /// @inheritdoc IProjectReview
    function applicationOf(uint256 id) external view returns (Application memory) {
        Entry memory entry = _entryOf[id];
        return Application({
            applicant: entry.applicant,
            status: statusOf(id),
            appliedAt: entry.appliedAt,
            closedAt: entry.closedAt,
            committed: entry.committed,
            revealed: _revealedBy[id].length,
            recused: entry.recused,
            bondReturned: entry.bondReturned,
            termsHash: entry.termsHash,
            dossierHash: entry.dossierHash
        });
    }
}
