// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILaunchpadCreator} from "../interfaces/ILaunchpadCreator.sol";
import {Launchpad} from "./Launchpad.sol";

/// @title Creates one launchpad. See `ILaunchpadCreator`.
contract LaunchpadCreator is ILaunchpadCreator {
    address public immutable OWNER;
    address public immutable LAUNCHPAD;

    constructor(address owner) {
        OWNER = owner;
        // The list of this address (20 bytes, 0x94) and the number 1 in RLP: the first creation of a contract.
        bytes32 creation = keccak256(abi.encodePacked(hex"d694", address(this), hex"01"));
        LAUNCHPAD = address(uint160(uint256(creation)));
    }

    /// @inheritdoc ILaunchpadCreator
    function create(
        address review,
        address termsRules,
        address vestingVault,
        address saleImplementation,
        address escrowImplementation
    ) external {
        if (msg.sender != OWNER) revert LaunchpadCreator_OnlyOwner(msg.sender, OWNER);
        if (LAUNCHPAD.code.length != 0) revert LaunchpadCreator_Done(LAUNCHPAD);
        new Launchpad(review, termsRules, vestingVault, saleImplementation, escrowImplementation);
    }
}
