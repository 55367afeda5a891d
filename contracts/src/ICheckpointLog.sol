// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOwned} from "./IOwned.sol";

/// @title Checkpoints of append-only logs, in order and with their block time
/// @notice A checkpoint is a Merkle root over all leaves of a log so far. The contract does not see
/// leaves and cannot check that a root extends the one before; consistency proofs do that. It makes
/// sure that there is one history: no gap, no second version of a number, never fewer leaves.
interface ICheckpointLog is IOwned {
    /// @notice A log was opened with the Ed25519 key that signs its notes.
    event LogOpened(bytes32 indexed log, bytes32 key, uint64 time);
    /// @notice Who may anchor checkpoints of a log changed.
    event PublisherChanged(bytes32 indexed log, address indexed publisher, uint64 time);
    /// @notice A checkpoint was anchored.
    event CheckpointAnchored(
        bytes32 indexed log, uint64 indexed sequence, uint64 size, bytes32 root, uint64 time
    );

    /// @notice A log's id, a key or a root is zero, which stands for "none".
    error EmptyIdentifier();
    error EmptyKey(bytes32 log);
    error EmptyRoot(bytes32 log);
    error LogAlreadyOpen(bytes32 log, bytes32 key);
    error LogNotOpen(bytes32 log);
    error NotPublisher(bytes32 log, address caller);
    /// @notice The sequence number is not the next one: a duplicate or a gap.
    error SequenceMismatch(bytes32 log, uint64 expected, uint64 given);
    /// @notice The size is not larger than the size anchored before.
    error SizeNotGrowing(bytes32 log, uint64 current, uint64 given);
    /// @notice The size has more than 48 bits.
    error SizeTooLarge(bytes32 log, uint64 given);

    /// @notice Opens a log. Owner only.
    /// @param log 32-byte id, not zero
    /// @param key Ed25519 public key, not zero; it never changes
    /// @param publisher who may anchor, not zero
    function open(bytes32 log, bytes32 key, address publisher) external;

    /// @notice Changes who may anchor checkpoints of an open log. Owner only.
    function setPublisher(bytes32 log, address publisher) external;

    /// @notice Anchors the next checkpoint. Publisher of the log only.
    /// @param sequence 0-based number of the checkpoint, exactly one more than the last
    /// @param size number of leaves, larger than before
    /// @param root Merkle tree hash over all leaves, not zero
    function anchor(bytes32 log, uint64 sequence, uint64 size, bytes32 root) external;

    /// @return publisher who may anchor; zero if the log is not open
    /// @return count number of checkpoints, and the next sequence number
    /// @return size number of leaves under the newest checkpoint
    function head(bytes32 log)
        external
        view
        returns (address publisher, uint64 count, uint64 size);

    /// @notice The Ed25519 key of a log; zero if it is not open.
    function logKey(bytes32 log) external view returns (bytes32);

    /// @notice keccak256(abi.encode(root, size, sequence, time)) of a checkpoint, the last three as
    /// 32-byte words; zero if it was not anchored.
    function checkpoint(bytes32 log, uint64 sequence) external view returns (bytes32);
}
