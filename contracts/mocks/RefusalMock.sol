// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A contract for the tests of the client: it stores, reports what it saw, and refuses in every way there is.
contract RefusalMock {
    struct Sighting {
        address who;
        uint256 value;
        bytes32 tag;
    }

    error RefusalMock_TooMuch(uint256 requested, uint256 remaining);
    error RefusalMock_Bare();
    error RefusalMock_Odd(Sighting sighting, string text);

    event Stored(address indexed who, uint256 value, Sighting sighting);

    uint256 public immutable LIMIT;
    uint256 public stored;
    uint256 public storedAt;

    constructor(uint256 limit) {
        if (limit == 0) revert RefusalMock_Bare();
        LIMIT = limit;
    }

    receive() external payable {}

    function store(uint256 value) external payable returns (uint256 before) {
        if (value > LIMIT) revert RefusalMock_TooMuch(value, LIMIT);
        before = stored;
        stored = value;
        storedAt = block.timestamp;
        emit Stored(msg.sender, value, Sighting(msg.sender, msg.value, bytes32(value)));
    }

    /// @dev Refuses to store what is stored: two in one block cannot both pass.
    function storeOnce(uint256 value) external {
        if (stored == value) revert RefusalMock_TooMuch(value, stored);
        stored = value;
    }

    function refuse(uint256 way) external payable {
        stored = way;
        if (way == 0) revert RefusalMock_Bare();
        if (way == 1) revert RefusalMock_Odd(Sighting(msg.sender, way, bytes32(way)), "odd");
        if (way == 2) revert("a reason, with a comma");
        if (way == 3) assert(way == 2);
        if (way == 4) stored = way / (way - 4);
        if (way == 5) revert();
        if (way == 6) while (true) stored++;
        if (way == 7) {
            assembly {
                invalid()
            }
        }
        if (way == 8) {
            assembly {
                mstore(0, 0xdeadbeef00000000000000000000000000000000000000000000000000000000)
                revert(0, 4)
            }
        }
        if (way == 9) {
            assembly {
                mstore(0, 0x1234000000000000000000000000000000000000000000000000000000000000)
                revert(0, 2)
            }
        }
    }

    function sighting(uint256[] calldata values) external view returns (Sighting memory seen, uint256[] memory echoed) {
        return (Sighting(msg.sender, block.timestamp, bytes32(uint256(1))), values);
    }

    function echo(Sighting[] calldata sightings) external pure returns (Sighting[] memory) {
        return sightings;
    }

    function overloaded(uint256 value) external pure returns (uint256) {
        return value;
    }

    function overloaded(bytes32 value) external pure returns (bytes32) {
        return value;
    }
}
