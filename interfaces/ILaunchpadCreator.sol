// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Creates one launchpad, at an address that is known before any of its parts exist.
/// @notice The parts of a platform name their launchpad, and the launchpad names its parts. Where a CREATE2 factory puts a
/// contract depends on its code and arguments, so one of them must come to stand elsewhere: the launchpad is the first
/// creation of this contract, whose own address depends on nothing but its owner.
///
/// The owner chooses the parts, once. It has no power over the launchpad, before or after.
interface ILaunchpadCreator {
    error LaunchpadCreator_OnlyOwner(address caller, address owner);
    error LaunchpadCreator_Done(address launchpad);

    /// @notice Creates the launchpad of these parts. Only the owner, once. See the constructor of `Launchpad`.
    function create(
        address review,
        address termsRules,
        address vestingVault,
        address saleImplementation,
        address escrowImplementation
    ) external;

    function OWNER() external view returns (address);

    /// @notice Where the launchpad stands, or will.
    function LAUNCHPAD() external view returns (address);
}
