// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Tokens to payment at a fixed price of `price` payment for `priceUnit` tokens.
/// @dev Prices are below 2^112 and tokens below 2^113, so products and sums are exact in 256 bits.
library PriceMath {
    /// @notice What participants pay: rounded up.
    function costUp(uint256 tokens, uint256 price, uint256 priceUnit) internal pure returns (uint256) {
        unchecked {
            return (tokens * price + priceUnit - 1) / priceUnit;
        }
    }

    /// @notice What the project is paid for tokens that are surely sold: rounded down.
    function costDown(uint256 tokens, uint256 price, uint256 priceUnit) internal pure returns (uint256) {
        unchecked {
            return tokens * price / priceUnit;
        }
    }
}
