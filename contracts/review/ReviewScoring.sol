// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LibSort} from "solady/src/utils/LibSort.sol";

import {
    ApplicationStatus,
    CardStage,
    CRITERIA,
    IProjectReview,
    Scorecard
} from "../../interfaces/IProjectReview.sol";
import {ReviewCommittee} from "./ReviewCommittee.sol";

/// @title Scoring: reviewers commit, then reveal, and the medians decide.
abstract contract ReviewScoring is ReviewCommittee {
    mapping(uint256 id => mapping(address reviewer => Scorecard)) internal _cardOf;
    mapping(uint256 id => address[]) internal _revealedBy;

    // ---------------------------------------------------------------------------------------------- scorecards

    /// @inheritdoc IProjectReview
    function commit(uint256 id, bytes32 commitment) external onlyReviewer {
        // Check
        _requireStatus(id, ApplicationStatus.Applied);
        _requireNotRecused(id);
        uint256 end = _commitEndOf(id);
        if (block.timestamp >= end || _entryOf[id].isCommitClosed) {
            revert ProjectReview_CommitClosed(block.timestamp, end);
        }

        // Effect
        Scorecard storage card = _cardOf[id][msg.sender];
        if (card.stage == CardStage.None) ++_entryOf[id].committed;
        card.stage = CardStage.Committed;
        card.commitment = commitment;
        emit Committed(id, msg.sender, commitment);
        _closeIfAllHaveCommitted(id);
    }

    /// @inheritdoc IProjectReview
    function recuse(uint256 id) external onlyReviewer {
        // Check
        if (statusOf(id) == ApplicationStatus.None) _requireStatus(id, ApplicationStatus.Applied);
        _requireNotRecused(id);
        Scorecard storage card = _cardOf[id][msg.sender];
        if (card.stage == CardStage.Revealed) revert ProjectReview_AlreadyRevealed(id, msg.sender);

        // Effect
        if (card.stage == CardStage.Committed) --_entryOf[id].committed;
        ++_entryOf[id].recused;
        card.stage = CardStage.Recused;
        emit Recused(id, msg.sender);
        _closeIfAllHaveCommitted(id);
    }

    /// @inheritdoc IProjectReview
    function reveal(uint256 id, uint8[CRITERIA] calldata scores, bytes32 salt) external onlyReviewer {
        // Check
        _requireStatus(id, ApplicationStatus.Applied);
        _requireNotRecused(id);
        Scorecard storage card = _cardOf[id][msg.sender];
        if (card.stage == CardStage.Revealed) revert ProjectReview_AlreadyRevealed(id, msg.sender);
        uint256 start = _commitEndOf(id);
        if (block.timestamp < start && !_entryOf[id].isCommitClosed) {
            revert ProjectReview_RevealNotOpen(block.timestamp, start);
        }
        uint256 end = _revealEndOf(id);
        if (block.timestamp >= end) revert ProjectReview_RevealClosed(block.timestamp, end);
        for (uint256 i; i < CRITERIA; ++i) {
            if (scores[i] > MAX_SCORE) revert ProjectReview_ScoreTooHigh(i, scores[i]);
        }
        bytes32 given = commitmentOf(id, msg.sender, scores, salt);
        if (given != card.commitment) revert ProjectReview_CommitmentWrong(given, card.commitment);

        // Effect
        card.stage = CardStage.Revealed;
        card.scores = scores;
        _revealedBy[id].push(msg.sender);
        emit Revealed(id, msg.sender, scores);
    }

    /// @dev For good: who sees a score on its way here can neither change a commitment nor, being new, make one.
    function _closeIfAllHaveCommitted(uint256 id) private {
        if (_haveAll(id, CardStage.Committed)) _entryOf[id].isCommitClosed = true;
    }

    /// @dev Whether every present reviewer has come to that stage, or is recused. Nobody is not everybody.
    function _haveAll(uint256 id, CardStage stage) private view returns (bool) {
        address[] memory present = _presentReviewers();
        if (present.length == 0) return false;
        for (uint256 i; i < present.length; ++i) {
            if (_cardOf[id][present[i]].stage < stage && !_isRecused(id, present[i])) return false;
        }
        return true;
    }

    // ---------------------------------------------------------------------------------------------- decision

    /// @inheritdoc IProjectReview
    function decide(uint256 id) external {
        // Check
        _requireStatus(id, ApplicationStatus.Applied);
        uint256 end = _revealEndOf(id);
        if (block.timestamp < end && !_haveAll(id, CardStage.Revealed)) {
            revert ProjectReview_RevealOpen(block.timestamp, end);
        }

        // Effect
        (uint8[CRITERIA] memory medians, uint256 total) = resultOf(id);
        bool isApproved = _revealedBy[id].length >= QUORUM && total >= BAR;
        for (uint256 i; i < CRITERIA; ++i) {
            if (medians[i] < _floorOf(i)) isApproved = false;
        }
        _entryOf[id].status = isApproved ? ApplicationStatus.Approved : ApplicationStatus.Rejected;
        emit Decided(id, isApproved, medians, total);
    }

    /// @inheritdoc IProjectReview
    function resultOf(uint256 id) public view returns (uint8[CRITERIA] memory medians, uint256 total) {
        address[] memory reviewers = _revealedBy[id];
        uint256 count = reviewers.length;
        if (count == 0) return (medians, 0);
        uint256[] memory scores = new uint256[](count);
        for (uint256 i; i < CRITERIA; ++i) {
            for (uint256 j; j < count; ++j) {
                scores[j] = _cardOf[id][reviewers[j]].scores[i];
            }
            LibSort.insertionSort(scores);
            uint256 median = scores[(count - 1) / 2];
            medians[i] = uint8(median); // at most 100
            total += median * _weightOf(i);
        }
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IProjectReview
    function scorecardOf(uint256 id, address reviewer) external view returns (Scorecard memory) {
        return _cardOf[id][reviewer];
    }

    /// @inheritdoc IProjectReview
    function commitmentOf(uint256 id, address reviewer, uint8[CRITERIA] calldata scores, bytes32 salt)
        public
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(block.chainid, address(this), id, reviewer, scores, salt));
    }

    function _isRecused(uint256 id, address reviewer) internal view returns (bool) {
        return _cardOf[id][reviewer].stage == CardStage.Recused || reviewer == _entryOf[id].applicant;
    }

    function _requireNotRecused(uint256 id) internal view {
        if (_isRecused(id, msg.sender)) revert ProjectReview_Recused(id, msg.sender);
    }
}
