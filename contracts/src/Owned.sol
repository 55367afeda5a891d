// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOwned} from "./IOwned.sol";

/// @title The owner role shared by the contracts
abstract contract Owned is IOwned {
    /// @inheritdoc IOwned
    address public owner;
    /// @inheritdoc IOwned
    address public pendingOwner;

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    constructor(address firstOwner) {
        if (firstOwner == address(0)) revert ZeroAddress();
        owner = firstOwner;
        emit OwnershipTransferred(address(0), firstOwner);
    }

    /// @inheritdoc IOwned
    function offerOwnership(address newOwner) external onlyOwner {
        pendingOwner = newOwner;
        emit OwnershipOffered(msg.sender, newOwner);
    }

    /// @inheritdoc IOwned
    function acceptOwnership() external {
        if (msg.sender != pendingOwner) revert NotOffered(msg.sender);
        address previousOwner = owner;
        owner = msg.sender;
        delete pendingOwner;
        emit OwnershipTransferred(previousOwner, msg.sender);
    }
}
