// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title How much of an amount has vested. The schedule is `Vesting` in `ISubscriptionSale`.
library ScheduleMath {
    uint256 internal constant BPS = 10_000;

    /// @notice Tokens of `total` vested at `timestamp`, rounded down; exactly `total` from the end on.
    /// @dev `total` is below 2^113 and times are below 2^40, so sums and products are exact.
    function vestedDown(
        uint256 total,
        uint256 timestamp,
        uint256 start,
        uint256 unlockBps,
        uint256 cliffSeconds,
        uint256 durationSeconds,
        uint256 stepSeconds
    ) internal pure returns (uint256) {
        unchecked {
            if (timestamp < start) return 0;
            uint256 elapsed = timestamp - start;
            if (elapsed >= durationSeconds) return total;
            uint256 unlocked = total * unlockBps / BPS;
            if (elapsed < cliffSeconds) return unlocked;
            if (stepSeconds > 1) elapsed -= elapsed % stepSeconds;
            return unlocked + (total - unlocked) * elapsed / durationSeconds;
        }
    }
}
