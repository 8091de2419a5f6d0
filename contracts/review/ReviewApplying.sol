// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ApplicationStatus, IProjectReview} from "../../interfaces/IProjectReview.sol";
import {ReviewBase} from "./ReviewBase.sol";

/// @title Applying: a project comes with its bond, leaves or is listed, and has its bond returned.
abstract contract ReviewApplying is ReviewBase {
    uint256 private constant PART_SECONDS = 30 days;
    uint256 private constant PARTS = 12;

    /// @inheritdoc IProjectReview
    function submit(string calldata dossierUri, bytes32 dossierHash, bytes32 termsHash)
        external
        returns (uint256 id)
    {
        // Check
        _requireHash(dossierHash);
        _requireHash(termsHash);

        // Effect
        id = ++applicationCount;
        Entry storage entry = _entryOf[id];
        entry.applicant = msg.sender;
        entry.status = ApplicationStatus.Applied;
        entry.appliedAt = uint40(block.timestamp); // good until the year 36,812
        entry.termsHash = termsHash;
        entry.dossierHash = dossierHash;
        emit Applied(id, msg.sender, termsHash, dossierHash, dossierUri);

        // Interact
        _pull(BOND);
    }

    /// @inheritdoc IProjectReview
    function withdraw(uint256 id) external {
        // Check
        Entry storage entry = _entryOf[id];
        if (msg.sender != entry.applicant) {
            revert ProjectReview_OnlyApplicant(msg.sender, entry.applicant);
        }
        if (statusOf(id) != ApplicationStatus.Approved) _requireStatus(id, ApplicationStatus.Applied);

        // Effect
        entry.status = ApplicationStatus.Withdrawn;
        emit Withdrawn(id);
    }

    /// @inheritdoc IProjectReview
    function list(uint256 id, bytes32 termsHash) external returns (address applicant) {
        // Check
        if (msg.sender != LAUNCHPAD) revert ProjectReview_OnlyLaunchpad(msg.sender, LAUNCHPAD);
        _requireStatus(id, ApplicationStatus.Approved);
        Entry storage entry = _entryOf[id];
        if (termsHash != entry.termsHash) revert ProjectReview_TermsDiffer(termsHash, entry.termsHash);

        // Effect
        entry.status = ApplicationStatus.Listed;
        entry.closedAt = uint40(block.timestamp);
        emit Listed(id);
        return entry.applicant;
    }

    // ------------------------------------------------------------------------------------------------- bonds

    /// @inheritdoc IProjectReview
    function returnBond(uint256 id) external returns (uint256 amount) {
        // Check
        amount = returnableBondOf(id);
        if (amount == 0) revert ProjectReview_NothingToReturn(id);

        // Effect
        Entry storage entry = _entryOf[id];
        entry.bondReturned += uint112(amount); // together at most the bond
        emit BondReturned(id, entry.applicant, amount);

        // Interact
        _pay(entry.applicant, amount);
    }

    /// @inheritdoc IProjectReview
    function returnableBondOf(uint256 id) public view returns (uint256) {
        return _dueBondOf(id) - _entryOf[id].bondReturned;
    }

    /// @dev What is the applicant's of the bond by now, returned or not. It never shrinks.
    function _dueBondOf(uint256 id) internal view returns (uint256) {
        ApplicationStatus status = statusOf(id);
        if (status < ApplicationStatus.Rejected) return 0;
        if (status == ApplicationStatus.Delisted) return BOND - _entryOf[id].slashed;
        if (status != ApplicationStatus.Listed) return BOND;
        uint256 parts = (block.timestamp - _entryOf[id].closedAt) / PART_SECONDS;
        return parts < PARTS ? BOND * parts / PARTS : BOND;
    }
}
