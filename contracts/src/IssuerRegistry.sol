// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlockTime} from "./BlockTime.sol";
import {IIssuerRegistry} from "./IIssuerRegistry.sol";
import {Owned} from "./Owned.sol";
import {P256} from "./P256.sol";

/// @title The registry of issuers
contract IssuerRegistry is IIssuerRegistry, Owned {
    struct IssuerState {
        uint64 registeredAt;
        uint64 suspendedSince;
    }

    struct Period {
        uint64 start;
        uint64 end;
        Ending ending;
    }

    struct Key {
        bytes32 issuer;
        Period period;
    }

    mapping(bytes32 issuer => IssuerState) private _issuers;
    mapping(bytes32 issuer => mapping(bytes32 credentialType => Period)) private _accreditations;
    mapping(bytes32 keyId => Key) private _keys;

    modifier onlyKnown(bytes32 issuer) {
        if (_issuers[issuer].registeredAt == 0) revert IssuerUnknown(issuer);
        _;
    }

    constructor(address firstOwner) Owned(firstOwner) {}

    /// @inheritdoc IIssuerRegistry
    function register(bytes32 issuer) external onlyOwner {
        if (issuer == 0) revert EmptyIdentifier();
        IssuerState storage state = _issuers[issuer];
        if (state.registeredAt != 0) revert IssuerAlreadyRegistered(issuer);
        uint64 time = BlockTime.current();
        state.registeredAt = time;
        emit IssuerRegistered(issuer, time);
    }

    /// @inheritdoc IIssuerRegistry
    function suspend(bytes32 issuer) external onlyOwner onlyKnown(issuer) {
        IssuerState storage state = _issuers[issuer];
        if (state.suspendedSince != 0) revert IssuerAlreadySuspended(issuer);
        uint64 time = BlockTime.current();
        state.suspendedSince = time;
        emit IssuerSuspended(issuer, time);
    }

    /// @inheritdoc IIssuerRegistry
    function resume(bytes32 issuer) external onlyOwner onlyKnown(issuer) {
        IssuerState storage state = _issuers[issuer];
        if (state.suspendedSince == 0) revert IssuerNotSuspended(issuer);
        state.suspendedSince = 0;
        emit IssuerResumed(issuer, BlockTime.current());
    }

    /// @inheritdoc IIssuerRegistry
    function accredit(bytes32 issuer, bytes32 credentialType)
        external
        onlyOwner
        onlyKnown(issuer)
    {
        if (credentialType == 0) revert EmptyIdentifier();
        Period storage period = _accreditations[issuer][credentialType];
        if (period.start != 0 && period.end == 0) revert AlreadyAccredited(issuer, credentialType);
        uint64 time = BlockTime.current();
        _accreditations[issuer][credentialType] = Period(time, 0, Ending.None);
        emit Accredited(issuer, credentialType, time);
    }

    /// @inheritdoc IIssuerRegistry
    function withdraw(bytes32 issuer, bytes32 credentialType, Ending ending)
        external
        onlyOwner
        onlyKnown(issuer)
    {
        Period storage period = _accreditations[issuer][credentialType];
        if (period.start == 0) revert NotAccredited(issuer, credentialType);
        if (!_canEnd(period, ending)) {
            revert AccreditationAlreadyEnded(issuer, credentialType, period.ending);
        }
        uint64 time = _end(period, ending);
        emit AccreditationWithdrawn(issuer, credentialType, ending, time);
    }

    /// @inheritdoc IIssuerRegistry
    function addKey(bytes32 issuer, bytes32 x, bytes32 y) external onlyOwner onlyKnown(issuer) {
        if (!P256.isOnCurve(uint256(x), uint256(y))) revert KeyNotOnCurve(x, y);
        bytes32 keyId = keccak256(abi.encode(x, y));
        Key storage key = _keys[keyId];
        if (key.issuer != 0) revert KeyAlreadyUsed(keyId, key.issuer, key.period.ending);
        uint64 time = BlockTime.current();
        key.issuer = issuer;
        key.period.start = time;
        emit KeyAdded(issuer, keyId, x, y, time);
    }

    /// @inheritdoc IIssuerRegistry
    function endKey(bytes32 issuer, bytes32 x, bytes32 y, Ending ending)
        external
        onlyOwner
        onlyKnown(issuer)
    {
        bytes32 keyId = keccak256(abi.encode(x, y));
        Key storage key = _keys[keyId];
        if (key.issuer != issuer) revert KeyUnknown(issuer, keyId);
        if (!_canEnd(key.period, ending)) revert KeyAlreadyEnded(keyId, key.period.ending);
        uint64 time = _end(key.period, ending);
        emit KeyEnded(issuer, keyId, ending, time);
    }

    /// @inheritdoc IIssuerRegistry
    function issuerState(bytes32 issuer)
        external
        view
        returns (uint64 registeredAt, uint64 suspendedSince)
    {
        IssuerState storage state = _issuers[issuer];
        return (state.registeredAt, state.suspendedSince);
    }

    /// @inheritdoc IIssuerRegistry
    function accreditation(bytes32 issuer, bytes32 credentialType)
        external
        view
        returns (uint64 start, uint64 end, Ending ending)
    {
        Period storage period = _accreditations[issuer][credentialType];
        return (period.start, period.end, period.ending);
    }

    /// @inheritdoc IIssuerRegistry
    function keyState(bytes32 keyId)
        external
        view
        returns (bytes32 issuer, uint64 start, uint64 end, Ending ending)
    {
        Key storage key = _keys[keyId];
        return (key.issuer, key.period.start, key.period.end, key.period.ending);
    }

    /// @dev A period ends once; only the reason may still get worse, because a compromise is often
    /// found out after an orderly replacement. It never gets better.
    function _canEnd(Period storage period, Ending ending) private view returns (bool) {
        if (ending == Ending.None) revert EndingMissing();
        return uint8(period.ending) < uint8(ending);
    }

    /// @dev Keeps the first end: a period does not get longer by being found compromised.
    function _end(Period storage period, Ending ending) private returns (uint64 time) {
        time = BlockTime.current();
        if (period.end == 0) period.end = time;
        period.ending = ending;
    }
}
