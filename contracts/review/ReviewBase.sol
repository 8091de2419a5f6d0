// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {ApplicationStatus, CRITERIA, IProjectReview, ReviewRules} from "../../interfaces/IProjectReview.sol";

/// @title What all parts of the review share: its rules, the applications, and how bonds move.
abstract contract ReviewBase is IProjectReview {
    /// @notice An application as it is stored: what time makes of its status is for `statusOf`.
    struct Entry {
        address applicant;
        ApplicationStatus status;
        uint40 appliedAt;
        uint40 closedAt; // when it was listed; a delisted one: when that happened
        uint112 bondReturned;
        uint112 slashed; // of the bond, to the participants
        uint16 committed; // reviewers
        uint16 recused; // reviewers
        bool isCommitClosed; // before its time: everybody has committed or is recused
        bytes32 termsHash;
        bytes32 dossierHash;
    }

    uint256 internal constant MAX_REVIEWERS = 31; // bounds the gas of a decision and of a vote
    uint256 internal constant MAX_SCORE = 100;
    uint256 private constant ALL_BPS = 10_000;
    uint256 private constant MAX_TOTAL = MAX_SCORE * ALL_BPS;
    uint256 private constant MAX_AMOUNT = type(uint112).max; // what an entry and the escrow can count
    uint256 private constant MAX_SECONDS = 2 ** 32; // four of them, added to a time, stay far below 2^40

    address public immutable LAUNCHPAD;

    address internal immutable BOND_TOKEN;
    uint256 internal immutable BOND;
    uint256 internal immutable CHALLENGE_BOND;
    uint256 internal immutable QUORUM;
    uint256 internal immutable COMMIT_SECONDS;
    uint256 internal immutable REVEAL_SECONDS;
    uint256 private immutable APPROVAL_SECONDS;
    uint256 internal immutable NOTICE_SECONDS;
    uint256 internal immutable BAR;
    uint256 private immutable FLOORS; // 16 bits for each criterion, the first lowest
    uint256 private immutable WEIGHTS; // the same

    uint256 public applicationCount;
    mapping(uint256 id => Entry) internal _entryOf;

    constructor(ReviewRules memory rules_, address launchpad) {
        _least("bondToken.code", rules_.bondToken.code.length, 1);
        _most("bond", rules_.bond, MAX_AMOUNT);
        _most("challengeBond", rules_.challengeBond, MAX_AMOUNT);
        _least("quorum", rules_.quorum, 1);
        _most("quorum", rules_.quorum, MAX_REVIEWERS);
        _duration("commitSeconds", rules_.commitSeconds);
        _duration("revealSeconds", rules_.revealSeconds);
        _duration("approvalSeconds", rules_.approvalSeconds);
        _duration("noticeSeconds", rules_.noticeSeconds);
        _most("bar", rules_.bar, MAX_TOTAL);
        _account("launchpad", launchpad);

        uint256 floors;
        uint256 weights;
        uint256 sum;
        for (uint256 i; i < CRITERIA; ++i) {
            _most("floors", rules_.floors[i], MAX_SCORE);
            floors |= uint256(rules_.floors[i]) << 16 * i;
            weights |= uint256(rules_.weightsBps[i]) << 16 * i;
            sum += rules_.weightsBps[i];
        }
        if (sum != ALL_BPS) revert ProjectReview_RulesInvalid("weightsBps", sum, ALL_BPS);

        LAUNCHPAD = launchpad;
        BOND_TOKEN = rules_.bondToken;
        BOND = rules_.bond;
        CHALLENGE_BOND = rules_.challengeBond;
        QUORUM = rules_.quorum;
        COMMIT_SECONDS = rules_.commitSeconds;
        REVEAL_SECONDS = rules_.revealSeconds;
        APPROVAL_SECONDS = rules_.approvalSeconds;
        NOTICE_SECONDS = rules_.noticeSeconds;
        BAR = rules_.bar;
        FLOORS = floors;
        WEIGHTS = weights;
    }

    function _duration(bytes32 field, uint256 given) private pure {
        _least(field, given, 1);
        _most(field, given, MAX_SECONDS);
    }

    function _account(bytes32 field, address given) internal pure {
        _least(field, uint160(given), 1);
    }

    function _least(bytes32 field, uint256 given, uint256 least) internal pure {
        if (given < least) revert ProjectReview_RulesInvalid(field, given, least);
    }

    function _most(bytes32 field, uint256 given, uint256 most) internal pure {
        if (given > most) revert ProjectReview_RulesInvalid(field, given, most);
    }

    // ----------------------------------------------------------------------------------------------- reading

    /// @inheritdoc IProjectReview
    function rules() external view returns (ReviewRules memory shown) {
        shown.bondToken = BOND_TOKEN;
        shown.bond = BOND;
        shown.challengeBond = CHALLENGE_BOND;
        shown.quorum = QUORUM;
        shown.commitSeconds = COMMIT_SECONDS;
        shown.revealSeconds = REVEAL_SECONDS;
        shown.approvalSeconds = APPROVAL_SECONDS;
        shown.noticeSeconds = NOTICE_SECONDS;
        shown.bar = BAR;
        for (uint256 i; i < CRITERIA; ++i) {
            shown.floors[i] = uint8(_floorOf(i)); // at most 100
            shown.weightsBps[i] = uint16(_weightOf(i)); // at most 10,000
        }
    }

    function _floorOf(uint256 criterion) internal view returns (uint256) {
        return FLOORS >> 16 * criterion & 0xffff;
    }

    function _weightOf(uint256 criterion) internal view returns (uint256) {
        return WEIGHTS >> 16 * criterion & 0xffff;
    }

    /// @inheritdoc IProjectReview
    function statusOf(uint256 id) public view returns (ApplicationStatus) {
        ApplicationStatus stored = _entryOf[id].status;
        if (block.timestamp < expiryOf(id)) return stored;
        if (stored == ApplicationStatus.Applied) return ApplicationStatus.Rejected;
        if (stored == ApplicationStatus.Approved) return ApplicationStatus.Expired;
        return stored;
    }

    /// @inheritdoc IProjectReview
    function expiryOf(uint256 id) public view returns (uint256) {
        return _revealEndOf(id) + APPROVAL_SECONDS;
    }

    function _commitEndOf(uint256 id) internal view returns (uint256) {
        return _entryOf[id].appliedAt + COMMIT_SECONDS;
    }

    function _revealEndOf(uint256 id) internal view returns (uint256) {
        return _commitEndOf(id) + REVEAL_SECONDS;
    }

    function _requireStatus(uint256 id, ApplicationStatus required) internal view {
        ApplicationStatus actual = statusOf(id);
        if (actual != required) revert ProjectReview_WrongStatus(id, actual, required);
    }

    function _requireHash(bytes32 hash) internal pure {
        if (hash == 0) revert ProjectReview_HashZero();
    }

    // ------------------------------------------------------------------------------------------------ moving

    /// @dev Takes `bond` from the caller, exactly.
    function _pull(uint256 bond) internal {
        if (bond == 0) return; // some tokens refuse it
        uint256 before = SafeTransferLib.balanceOf(BOND_TOKEN, address(this));
        SafeTransferLib.safeTransferFrom(BOND_TOKEN, msg.sender, address(this), bond);
        uint256 received = SafeTransferLib.balanceOf(BOND_TOKEN, address(this)) - before;
        if (received != bond) revert ProjectReview_BondShort(received, bond);
    }

    function _pay(address to, uint256 amount) internal {
        if (amount != 0) SafeTransferLib.safeTransfer(BOND_TOKEN, to, amount);
    }
}
