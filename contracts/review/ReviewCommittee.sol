// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {IProjectReview} from "../../interfaces/IProjectReview.sol";
import {ReviewBase} from "./ReviewBase.sol";

/// @title The committee: reviewers, the chair who appoints and removes them, and the guardian.
abstract contract ReviewCommittee is ReviewBase {
    using EnumerableSet for EnumerableSet.AddressSet;

    EnumerableSet.AddressSet private _reviewers;

    mapping(address account => uint256) public appointmentOf;

    address public chair;
    address public nominatedChair;
    address public guardian;
    address public nominatedGuardian;

    constructor(address chair_, address guardian_, address[] memory reviewers) {
        _account("chair", chair_);
        _account("guardian", guardian_);
        _most("reviewers", reviewers.length, MAX_REVIEWERS);
        chair = chair_;
        emit ChairChanged(address(0), chair_);
        guardian = guardian_;
        emit GuardianChanged(address(0), guardian_);
        for (uint256 i; i < reviewers.length; ++i) {
            address account = reviewers[i];
            _account("reviewer", account);
            if (!_reviewers.add(account)) {
                revert ProjectReview_RulesInvalid("reviewer", uint160(account), uint160(account));
            }
            emit ReviewerJoined(account);
        }
    }

    modifier onlyChair() {
        if (msg.sender != chair) revert ProjectReview_OnlyChair(msg.sender, chair);
        _;
    }

    modifier onlyReviewer() {
        if (!isReviewer(msg.sender)) revert ProjectReview_OnlyReviewer(msg.sender);
        _;
    }

    // --------------------------------------------------------------------------------------------- reviewers

    /// @inheritdoc IProjectReview
    function appointReviewer(address account) external onlyChair {
        // Check
        if (account == address(0)) revert ProjectReview_AccountInvalid(account);
        if (isReviewer(account)) revert ProjectReview_AlreadyReviewer(account);

        // Effect
        uint256 acceptableFrom = block.timestamp + NOTICE_SECONDS;
        appointmentOf[account] = acceptableFrom;
        emit ReviewerAppointed(account, acceptableFrom);
    }

    /// @inheritdoc IProjectReview
    function acceptAppointment() external {
        // Check
        uint256 acceptableFrom = appointmentOf[msg.sender];
        if (acceptableFrom == 0) revert ProjectReview_NotAppointed(msg.sender);
        if (block.timestamp < acceptableFrom) {
            revert ProjectReview_NoticeRunning(block.timestamp, acceptableFrom);
        }
        uint256 count = _reviewers.length() + 1;
        if (count > MAX_REVIEWERS) revert ProjectReview_TooManyReviewers(count, MAX_REVIEWERS);

        // Effect
        delete appointmentOf[msg.sender];
        _reviewers.add(msg.sender);
        emit ReviewerJoined(msg.sender);
    }

    /// @inheritdoc IProjectReview
    function removeReviewer(address account) external onlyChair {
        if (!_reviewers.remove(account)) {
            if (appointmentOf[account] == 0) revert ProjectReview_NotAppointed(account);
            delete appointmentOf[account];
        }
        emit ReviewerLeft(account);
    }

    /// @inheritdoc IProjectReview
    function resign() external onlyReviewer {
        _reviewers.remove(msg.sender);
        emit ReviewerLeft(msg.sender);
    }

    // ---------------------------------------------------------------------------------------------- nominees

    /// @inheritdoc IProjectReview
    function nominateChair(address account) external onlyChair {
        nominatedChair = account;
        emit ChairNominated(account);
    }

    /// @inheritdoc IProjectReview
    function acceptChair() external {
        _onlyNominee(nominatedChair);
        emit ChairChanged(chair, msg.sender);
        chair = msg.sender;
        delete nominatedChair;
    }

    /// @inheritdoc IProjectReview
    function nominateGuardian(address account) external onlyChair {
        nominatedGuardian = account;
        emit GuardianNominated(account);
    }

    /// @inheritdoc IProjectReview
    function acceptGuardian() external {
        _onlyNominee(nominatedGuardian);
        emit GuardianChanged(guardian, msg.sender);
        guardian = msg.sender;
        delete nominatedGuardian;
    }

    function _onlyNominee(address nominee) private view {
        if (msg.sender != nominee) revert ProjectReview_OnlyNominee(msg.sender, nominee);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IProjectReview
    function isReviewer(address account) public view returns (bool) {
        return _reviewers.contains(account);
    }

    /// @inheritdoc IProjectReview
    function reviewerCount() external view returns (uint256) {
        return _reviewers.length();
    }

    function _presentReviewers() internal view returns (address[] memory) {
        return _reviewers.values();
    }
}
