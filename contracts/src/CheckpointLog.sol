// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlockTime} from "./BlockTime.sol";
import {ICheckpointLog} from "./ICheckpointLog.sol";
import {Owned} from "./Owned.sol";

/// @title The log of checkpoints
/// @dev Anchoring writes two storage words: the packed head, which was written when the log was
/// opened and is therefore never paid for as new, and one new word for the checkpoint.
contract CheckpointLog is ICheckpointLog, Owned {
    struct Head {
        address publisher;
        uint48 count;
        uint48 size;
    }

    mapping(bytes32 log => Head) private _heads;
    /// @inheritdoc ICheckpointLog
    mapping(bytes32 log => bytes32) public logKey;
    /// @inheritdoc ICheckpointLog
    mapping(bytes32 log => mapping(uint64 sequence => bytes32)) public checkpoint;

    constructor(address firstOwner) Owned(firstOwner) {}

    /// @inheritdoc ICheckpointLog
    function open(bytes32 log, bytes32 key, address publisher) external onlyOwner {
        if (log == 0) revert EmptyIdentifier();
        if (key == 0) revert EmptyKey(log);
        if (publisher == address(0)) revert ZeroAddress();
        Head storage current = _heads[log];
        if (current.publisher != address(0)) revert LogAlreadyOpen(log, logKey[log]);
        current.publisher = publisher;
        logKey[log] = key;
        uint64 time = BlockTime.current();
        emit LogOpened(log, key, time);
        emit PublisherChanged(log, publisher, time);
    }

    /// @inheritdoc ICheckpointLog
    function setPublisher(bytes32 log, address publisher) external onlyOwner {
        if (publisher == address(0)) revert ZeroAddress();
        Head storage current = _heads[log];
        if (current.publisher == address(0)) revert LogNotOpen(log);
        current.publisher = publisher;
        emit PublisherChanged(log, publisher, BlockTime.current());
    }

    /// @inheritdoc ICheckpointLog
    function anchor(bytes32 log, uint64 sequence, uint64 size, bytes32 root) external {
        Head memory current = _heads[log];
        if (current.publisher == address(0)) revert LogNotOpen(log);
        if (msg.sender != current.publisher) revert NotPublisher(log, msg.sender);
        if (sequence != current.count) revert SequenceMismatch(log, current.count, sequence);
        if (size <= current.size) revert SizeNotGrowing(log, current.size, size);
        if (size > type(uint48).max) revert SizeTooLarge(log, size);
        if (root == 0) revert EmptyRoot(log);
        uint64 time = BlockTime.current();
        current.count += 1;
        current.size = uint48(size);
        _heads[log] = current;
        checkpoint[log][sequence] = keccak256(abi.encode(root, size, sequence, time));
        emit CheckpointAnchored(log, sequence, size, root, time);
    }

    /// @inheritdoc ICheckpointLog
    function head(bytes32 log)
        external
        view
        returns (address publisher, uint64 count, uint64 size)
    {
        Head storage current = _heads[log];
        return (current.publisher, current.count, current.size);
    }
}
