// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlockTime} from "./BlockTime.sol";
import {IStatusRegistry} from "./IStatusRegistry.sol";
import {Owned} from "./Owned.sol";

/// @title The registry of status lists
contract StatusRegistry is IStatusRegistry, Owned {
    struct Head {
        uint64 version;
        uint64 time;
        bytes32 digest;
    }

    /// @inheritdoc IStatusRegistry
    address public publisher;
    /// @inheritdoc IStatusRegistry
    mapping(bytes32 statusList => Head) public newest;

    constructor(address firstOwner) Owned(firstOwner) {
        _setPublisher(firstOwner);
    }

    /// @inheritdoc IStatusRegistry
    function setPublisher(address newPublisher) external onlyOwner {
        if (newPublisher == address(0)) revert ZeroAddress();
        _setPublisher(newPublisher);
    }

    /// @inheritdoc IStatusRegistry
    function publish(bytes32 statusList, uint64 version, bytes32 digest) external {
        if (msg.sender != publisher) revert NotPublisher(msg.sender);
        if (statusList == 0) revert EmptyIdentifier();
        uint64 expected = newest[statusList].version + 1;
        if (version != expected) revert VersionMismatch(statusList, expected, version);
        if (digest == 0) revert EmptyDigest(statusList);
        uint64 time = BlockTime.current();
        newest[statusList] = Head(version, time, digest);
        emit StatusPublished(statusList, version, digest, time);
    }

    function _setPublisher(address newPublisher) private {
        publisher = newPublisher;
        emit PublisherChanged(newPublisher, BlockTime.current());
    }
}
