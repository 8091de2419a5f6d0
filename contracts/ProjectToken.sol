// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "solady/src/tokens/ERC20.sol";

/// @title A fixed-supply ERC-20 with permit, for projects that bring no token.
/// @notice The whole supply exists from the start; there is no owner, no mint, no pause and no fee.
contract ProjectToken is ERC20 {
    string private _name;
    string private _symbol;
    uint8 private immutable DECIMALS;

    /// @param supply Base units, all to `holder`.
    constructor(string memory name_, string memory symbol_, uint8 decimals_, uint256 supply, address holder) {
        _name = name_;
        _symbol = symbol_;
        DECIMALS = decimals_;
        _mint(holder, supply);
    }

    function name() public view override returns (string memory) {
        return _name;
    }

    function symbol() public view override returns (string memory) {
        return _symbol;
    }

    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }

    /// @dev Nobody has an allowance that its owner did not give.
    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }
}
