// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {Vesting} from "../interfaces/Terms.sol";
import {Award, Grant, IVestingVault, Plan} from "../interfaces/IVestingVault.sol";
import {ScheduleMath} from "./libraries/ScheduleMath.sol";

/// @title Locked allocations. See `IVestingVault`.
contract VestingVault is IVestingVault {
    uint256 private constant MAX_TIME = type(uint40).max;
    uint256 private constant MAX_AMOUNT = type(uint96).max; // what is released shares a slot with the beneficiary

    /// @inheritdoc IVestingVault
    address public immutable LAUNCHPAD;

    /// @notice What is stored of a grant.
    struct State {
        address beneficiary; // address(0): there is no such grant
        uint96 released; // tokens
    }

    mapping(bytes32 id => State) private _stateOf;
    mapping(bytes32 id => uint256) private _revokedAtOf; // read only where the plan names a revoker

    /// @inheritdoc IVestingVault
    uint256 public grantCount;

    /// @param launchpad May be made later.
    constructor(address launchpad) {
        LAUNCHPAD = launchpad;
    }

    // ------------------------------------------------------------------------------------------------ create

    /// @inheritdoc IVestingVault
    function create(Plan calldata plan, Award[] calldata awards)
        external
        returns (uint256 firstNumber, uint256 created)
    {
        // Check
        _checkPlan(plan);

        // Effect
        firstNumber = grantCount + 1;
        uint256 sum;
        for (uint256 i; i < awards.length; ++i) {
            address beneficiary = awards[i].beneficiary;
            uint256 amount = awards[i].amount;
            if (!_isBeneficiary(beneficiary) || amount == 0 || amount > MAX_AMOUNT) {
                emit AwardSkipped(i, beneficiary, amount);
                continue;
            }
            if (created == 0) emit PlanUsed(plan.token, msg.sender, firstNumber, plan);
            _make(plan, beneficiary, amount, firstNumber + created);
            unchecked {
                // Nobody can pay for a list of 2^160 awards.
                ++created;
                sum += amount;
            }
        }
        if (created == 0) return (0, 0);
        grantCount = firstNumber + created - 1;

        // Interact
        _pull(plan.token, sum);
    }

    /// @inheritdoc IVestingVault
    function createFunded(Plan calldata plan, Award calldata award, address funder)
        external
        returns (uint256 number)
    {
        // Check
        if (msg.sender != LAUNCHPAD) revert VestingVault_OnlyLaunchpad(msg.sender, LAUNCHPAD);
        _checkPlan(plan);
        if (!_isBeneficiary(award.beneficiary)) revert VestingVault_BeneficiaryInvalid(award.beneficiary);
        _least("amount", award.amount, 1);
        _most("amount", award.amount, MAX_AMOUNT);

        // Effect
        number = ++grantCount;
        emit PlanUsed(plan.token, funder, number, plan);
        _make(plan, award.beneficiary, award.amount, number);
    }

    function _make(Plan calldata plan, address beneficiary, uint256 amount, uint256 number) private {
        bytes32 id = keccak256(abi.encode(plan, amount, number)); // as `idOf`: nothing in a grant is dynamic
        _stateOf[id] = State({beneficiary: beneficiary, released: 0});
        emit GrantCreated(id, beneficiary, number, amount);
    }

    function _isBeneficiary(address account) private view returns (bool) {
        return account != address(0) && account != address(this);
    }

    function _pull(address token, uint256 due) private {
        uint256 count = grantCount;
        uint256 before = SafeTransferLib.balanceOf(token, address(this));
        SafeTransferLib.safeTransferFrom(token, msg.sender, address(this), due);
        // What another batch brought in the middle of this one is owed to its own grants, and must not count for these.
        if (grantCount != count) revert VestingVault_CreatedMeanwhile(grantCount, count);
        // A balance that fell wraps to a huge figure, which is not what was due.
        unchecked {
            uint256 received = SafeTransferLib.balanceOf(token, address(this)) - before;
            if (received != due) revert VestingVault_FundingShort(received, due);
        }
    }

    function _checkPlan(Plan calldata plan) private view {
        Vesting calldata schedule = plan.schedule;
        _least("token.code", plan.token.code.length, 1);
        _most("vesting.start", schedule.start, MAX_TIME);
        _most("vesting.durationSeconds", schedule.durationSeconds, MAX_TIME);
        _most("vesting.unlockBps", schedule.unlockBps, ScheduleMath.BPS);
        _most("vesting.cliffSeconds", schedule.cliffSeconds, schedule.durationSeconds);
        _most("vesting.stepSeconds", schedule.stepSeconds, schedule.durationSeconds);
        if (schedule.durationSeconds == 0) {
            _least("vesting.unlockBps", schedule.unlockBps, ScheduleMath.BPS);
        }
    }

    function _least(bytes32 field, uint256 given, uint256 bound) private pure {
        if (given < bound) revert VestingVault_PlanInvalid(field, given, bound);
    }

    function _most(bytes32 field, uint256 given, uint256 bound) private pure {
        if (given > bound) revert VestingVault_PlanInvalid(field, given, bound);
    }

    // ----------------------------------------------------------------------------------------------- release

    /// @inheritdoc IVestingVault
    function release(Grant calldata grant) external returns (uint256 amount) {
        // Check
        (bytes32 id, State memory state) = _find(grant);
        uint256 vested = _vestedOf(grant, id);
        unchecked {
            amount = vested - state.released; // what has vested never shrinks
        }
        if (amount == 0) revert VestingVault_NothingToRelease(id);

        // Effect
        state.released = uint96(vested); // at most the grant's amount
        _stateOf[id] = state;
        emit Released(id, state.beneficiary, amount);

        // Interact
        SafeTransferLib.safeTransfer(grant.plan.token, state.beneficiary, amount);
    }

    /// @dev Whoever shows a grant that was never made is refused: only of a grant are the figures known to be in bounds.
    function _find(Grant calldata grant) private view returns (bytes32 id, State memory state) {
        id = idOf(grant);
        state = _stateOf[id];
        if (state.beneficiary == address(0)) revert VestingVault_NoSuchGrant(id);
    }

    function _vestedOf(Grant calldata grant, bytes32 id) private view returns (uint256) {
        uint256 timestamp = block.timestamp;
        if (grant.plan.revoker != address(0)) {
            uint256 revokedAt = _revokedAtOf[id];
            if (revokedAt != 0) timestamp = revokedAt; // which has passed
        }
        Vesting calldata schedule = grant.plan.schedule;
        return ScheduleMath.vestedDown(
            grant.amount,
            timestamp,
            schedule.start,
            schedule.unlockBps,
            schedule.cliffSeconds,
            schedule.durationSeconds,
            schedule.stepSeconds
        );
    }

    // ------------------------------------------------------------------------------------------------ revoke

    /// @inheritdoc IVestingVault
    function revoke(Grant calldata grant) external returns (uint256 returned) {
        // Check
        (bytes32 id,) = _find(grant);
        address revoker = grant.plan.revoker;
        if (msg.sender != revoker) revert VestingVault_OnlyRevoker(msg.sender, revoker);
        uint256 revokedAt = _revokedAtOf[id];
        if (revokedAt != 0) revert VestingVault_AlreadyRevoked(id, revokedAt);

        // Effect
        uint256 vested = _vestedOf(grant, id);
        unchecked {
            returned = grant.amount - vested; // no more vests than was granted
        }
        _revokedAtOf[id] = block.timestamp;
        emit Revoked(id, vested, returned);

        // Interact
        if (returned == 0) return 0; // some tokens refuse it
        SafeTransferLib.safeTransfer(grant.plan.token, revoker, returned);
    }

    // ---------------------------------------------------------------------------------------------- transfer

    /// @inheritdoc IVestingVault
    function transfer(Grant calldata grant, address to) external {
        // Check
        (bytes32 id, State memory state) = _find(grant);
        if (msg.sender != state.beneficiary) {
            revert VestingVault_OnlyBeneficiary(msg.sender, state.beneficiary);
        }
        if (!_isBeneficiary(to)) revert VestingVault_BeneficiaryInvalid(to);

        // Effect
        _stateOf[id].beneficiary = to;
        emit BeneficiaryChanged(id, msg.sender, to);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IVestingVault
    function idOf(Grant calldata grant) public pure returns (bytes32) {
        return keccak256(abi.encode(grant));
    }

    /// @inheritdoc IVestingVault
    function beneficiaryOf(bytes32 id) external view returns (address) {
        return _stateOf[id].beneficiary;
    }

    /// @inheritdoc IVestingVault
    function releasedOf(bytes32 id) external view returns (uint256) {
        return _stateOf[id].released;
    }

    /// @inheritdoc IVestingVault
    function revokedAtOf(bytes32 id) external view returns (uint256) {
        return _revokedAtOf[id];
    }

    /// @inheritdoc IVestingVault
    function vestedOf(Grant calldata grant) external view returns (uint256) {
        (bytes32 id,) = _find(grant);
        return _vestedOf(grant, id);
    }

    /// @inheritdoc IVestingVault
    function releasableOf(Grant calldata grant) external view returns (uint256) {
        (bytes32 id, State memory state) = _find(grant);
        return _vestedOf(grant, id) - state.released;
    }
}
