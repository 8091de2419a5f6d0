// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILaunchpad} from "../../interfaces/ILaunchpad.sol";
import {Delivery, EscrowStatus, IProceedsEscrow} from "../../interfaces/IProceedsEscrow.sol";
import {
    ApplicationStatus,
    Challenge,
    IProjectReview,
    MotionKind
} from "../../interfaces/IProjectReview.sol";
import {ISubscriptionSale, Status} from "../../interfaces/ISubscriptionSale.sol";
import {ReviewApplying} from "./ReviewApplying.sol";
import {ReviewScoring} from "./ReviewScoring.sol";

/// @title Motions: what a quorum of reviewers does with a listed project.
/// @notice Once a motion is carried, its name never comes up again: the project is delisted, there has been one more
/// attestation, or the challenge is not open any more.
abstract contract ReviewMotions is ReviewApplying, ReviewScoring {
    struct Motion {
        uint256 id;
        address[] voters;
    }

    address private constant BURN = 0x000000000000000000000000000000000000dEaD;

    mapping(bytes32 motion => Motion) private _motionOf;
    mapping(uint256 id => Challenge) private _challengeOf;

    // ---------------------------------------------------------------------------------------------- delisting

    /// @inheritdoc IProjectReview
    function voteToDelist(uint256 id, bytes32 reasonHash) external onlyReviewer {
        _requireStatus(id, ApplicationStatus.Listed);
        _requireHash(reasonHash);
        if (_saleOf(id).status() == Status.Failed) revert ProjectReview_SaleOver(id);
        if (_vote(id, keccak256(abi.encode(MotionKind.Delist, id, reasonHash)))) _delist(id, reasonHash);
    }

    function _delist(uint256 id, bytes32 reasonHash) private {
        // Check
        ISubscriptionSale sale = _saleOf(id);
        uint256 slashed = sale.totalWeight() == 0 ? 0 : BOND - _dueBondOf(id);

        // Effect
        Entry storage entry = _entryOf[id];
        entry.status = ApplicationStatus.Delisted;
        entry.closedAt = uint40(block.timestamp);
        entry.slashed = uint112(slashed); // at most the bond
        emit Delisted(id, reasonHash, slashed);

        // Interact
        if (sale.status() == Status.Funded) sale.void();
        IProceedsEscrow escrow = _escrowOf(sale);
        _pay(address(escrow), slashed);
        escrow.delist(slashed);
    }

    // -------------------------------------------------------------------------------------------- attestation

    /// @inheritdoc IProjectReview
    function voteToAttest(uint256 id, uint256 milestone, bytes32 evidenceHash) external onlyReviewer {
        // Check
        _requireStatus(id, ApplicationStatus.Listed);
        _requireHash(evidenceHash);
        IProceedsEscrow escrow = _escrowOf(_saleOf(id));
        Delivery memory delivery = escrow.delivery();
        if (
            delivery.status != EscrowStatus.Delivering || delivery.current != milestone
                || delivery.attestedAt != 0
        ) revert ProjectReview_NotDue(id, milestone);

        // Effect
        bytes32 motion = keccak256(
            abi.encode(MotionKind.Attest, id, milestone, evidenceHash, delivery.attestations)
        );
        bool isCarried = _vote(id, motion);

        // Interact
        if (isCarried) escrow.attest(milestone, evidenceHash);
    }

    // --------------------------------------------------------------------------------------------- challenges

    /// @inheritdoc IProjectReview
    function challenge(uint256 id, bytes32 root, bytes32 evidenceHash) external {
        // Check
        _requireStatus(id, ApplicationStatus.Listed);
        _requireHash(evidenceHash);
        bytes32 posted = _saleOf(id).opening().root;
        if (root != posted) revert ProjectReview_RootDiffers(root, posted);

        // Effect
        Challenge storage opened = _challengeOf[id];
        opened.challenger = msg.sender;
        opened.isOpen = true;
        uint256 number = ++opened.number;
        emit HoldingsChallenged(id, number, msg.sender, evidenceHash);

        // Interact
        _saleOf(id).challengeHoldings(); // where one is open, the sale refuses another
        _pull(CHALLENGE_BOND);
    }

    /// @inheritdoc IProjectReview
    function voteOnChallenge(uint256 id, bool stands) external onlyReviewer {
        // Check
        _requireStatus(id, ApplicationStatus.Listed);
        Challenge storage opened = _requireChallenge(id);
        ISubscriptionSale sale = _saleOf(id);
        uint256 start = sale.opening().startsAt;
        if (block.timestamp >= start) revert ProjectReview_DecisionTooLate(block.timestamp, start);

        // Effect
        if (!_vote(id, keccak256(abi.encode(MotionKind.Challenge, id, opened.number, stands)))) return;
        emit ChallengeDecided(id, opened.number, stands);
        address to = stands ? BURN : opened.challenger;
        _close(id, opened, to);

        // Interact
        sale.settleChallenge(stands);
        _pay(to, CHALLENGE_BOND);
    }

    /// @inheritdoc IProjectReview
    function returnChallengeBond(uint256 id) external returns (uint256 amount) {
        // Check
        Challenge storage opened = _requireChallenge(id);
        uint256 start = _saleOf(id).opening().startsAt;
        if (block.timestamp < start && statusOf(id) != ApplicationStatus.Delisted) {
            revert ProjectReview_ChallengeUndecided(block.timestamp, start);
        }

        // Effect
        amount = CHALLENGE_BOND;
        address to = opened.challenger;
        _close(id, opened, to);

        // Interact
        _pay(to, amount);
    }

    function _requireChallenge(uint256 id) private view returns (Challenge storage opened) {
        opened = _challengeOf[id];
        if (!opened.isOpen) revert ProjectReview_NotChallenged(id);
    }

    function _close(uint256 id, Challenge storage opened, address to) private {
        opened.isOpen = false;
        emit ChallengeBondPaid(id, opened.number, to, CHALLENGE_BOND);
    }

    /// @inheritdoc IProjectReview
    function challengeOf(uint256 id) external view returns (Challenge memory) {
        return _challengeOf[id];
    }

    // ------------------------------------------------------------------------------------------------- votes

    /// @dev Counts the caller's vote; says whether it carries the motion.
    function _vote(uint256 id, bytes32 motion) private returns (bool isCarried) {
        // Check
        _requireNotRecused(id);
        Motion storage moved = _motionOf[motion];
        bool hasVoted;
        for (uint256 i; i < moved.voters.length; ++i) {
            if (moved.voters[i] == msg.sender) hasVoted = true;
        }

        // Effect
        moved.id = id;
        if (!hasVoted) moved.voters.push(msg.sender);
        uint256 votes = votesFor(motion);
        // A quorum may have come about without a vote, when somebody took up the office again.
        if (hasVoted && votes < QUORUM) revert ProjectReview_AlreadyVoted(id, msg.sender);
        emit Voted(id, msg.sender, motion, votes);
        return votes >= QUORUM;
    }

    /// @inheritdoc IProjectReview
    function votesFor(bytes32 motion) public view returns (uint256 votes) {
        Motion storage moved = _motionOf[motion];
        for (uint256 i; i < moved.voters.length; ++i) {
            address voter = moved.voters[i];
            if (isReviewer(voter) && !_isRecused(moved.id, voter)) ++votes;
        }
    }

    // ------------------------------------------------------------------------------------------------- parts

    function _saleOf(uint256 id) private view returns (ISubscriptionSale) {
        return ISubscriptionSale(ILaunchpad(LAUNCHPAD).saleOf(id));
    }

    function _escrowOf(ISubscriptionSale sale) private view returns (IProceedsEscrow) {
        return IProceedsEscrow(payable(ILaunchpad(LAUNCHPAD).escrowOf(address(sale))));
    }
}
