// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIssuerRegistry} from "../src/IIssuerRegistry.sol";
import {IOwned} from "../src/IOwned.sol";
import {IssuerRegistry} from "../src/IssuerRegistry.sol";
import {P256} from "../src/P256.sol";
import {Invariant, Tested} from "./Cheats.sol";

contract IssuerRegistryFuzz is Tested {
    bytes32 private constant ISSUER = "issuer";
    bytes32 private constant OTHER = "other";
    bytes32 private constant TYPE = "type";
    IssuerRegistry private registry;

    function setUp() external {
        VM.warp(1_577_836_800);
        registry = new IssuerRegistry(address(this));
        registry.register(ISSUER);
        registry.register(OTHER);
    }

    function point(uint256 secret) private pure returns (bytes32, bytes32) {
        (uint256 x, uint256 y) = VM.publicKeyP256(within(secret, 1, P256_ORDER - 1));
        return (bytes32(x), bytes32(y));
    }

    function testFuzz_EveryPublicKeyIsAccepted(uint256 secret) external {
        (bytes32 x, bytes32 y) = point(secret);
        registry.addKey(ISSUER, x, y);
        (bytes32 issuer, uint64 start, uint64 end,) = registry.keyState(keccak256(abi.encode(x, y)));
        same(ISSUER, issuer, "issuer");
        same(block.timestamp, start, "start");
        same(0, end, "end");
    }

    function testFuzz_PointBesideTheCurveIsRefused(uint256 secret, uint8 bit, bool ofY) external {
        (bytes32 x, bytes32 y) = point(secret);
        bytes32 flip = bytes32(uint256(1) << bit);
        if (ofY) y ^= flip;
        else x ^= flip;
        // Flipping a bit may, once in 2^128, lead to another point.
        VM.assume(!P256.isOnCurve(uint256(x), uint256(y)));
        VM.expectRevert(abi.encodeWithSelector(IIssuerRegistry.KeyNotOnCurve.selector, x, y));
        registry.addKey(ISSUER, x, y);
    }

    /// @dev A point whose y is small enough for y + p to fit a word, and one whose x is zero.
    function test_CoordinatesThatAreNotReducedAreRefused() external {
        uint256 p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
        uint256 x = 0xd7325d7646cd60d80a92738ceb345f844cffaf35841022cab176f692de8de1d7;
        uint256 y = 0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4;
        check(P256.isOnCurve(x, 5) && P256.isOnCurve(0, y), "points of the curve");
        check(!P256.isOnCurve(x, 5 + p), "y not reduced");
        check(!P256.isOnCurve(p, y), "x not reduced");
        registry.addKey(ISSUER, bytes32(x), bytes32(uint256(5)));
    }

    function testFuzz_AnyTwoWordsAreNoKey(bytes32 x, bytes32 y) external {
        VM.expectRevert(abi.encodeWithSelector(IIssuerRegistry.KeyNotOnCurve.selector, x, y));
        registry.addKey(ISSUER, x, y);
    }

    function testFuzz_KeyIsNeverUsedAgain(uint256 secret, bool byAnother, bool ended) external {
        (bytes32 x, bytes32 y) = point(secret);
        registry.addKey(ISSUER, x, y);
        if (ended) registry.endKey(ISSUER, x, y, IIssuerRegistry.Ending.Orderly);
        VM.expectPartialRevert(IIssuerRegistry.KeyAlreadyUsed.selector);
        registry.addKey(byAnother ? OTHER : ISSUER, x, y);
    }

    function testFuzz_KeyOfAnotherIssuerCannotBeEnded(uint256 secret, uint8 ending) external {
        (bytes32 x, bytes32 y) = point(secret);
        registry.addKey(ISSUER, x, y);
        VM.expectPartialRevert(IIssuerRegistry.KeyUnknown.selector);
        registry.endKey(OTHER, x, y, IIssuerRegistry.Ending(uint8(within(ending, 0, 2))));
    }

    function testFuzz_EndKeepsItsTimeAndOnlyGetsWorse(uint256 secret, uint32 until, uint32 later)
        external
    {
        (bytes32 x, bytes32 y) = point(secret);
        registry.addKey(ISSUER, x, y);
        uint256 end = block.timestamp + until;
        VM.warp(end);
        registry.endKey(ISSUER, x, y, IIssuerRegistry.Ending.Orderly);
        VM.warp(end + later);
        registry.endKey(ISSUER, x, y, IIssuerRegistry.Ending.Compromised);
        (,, uint64 stored, IIssuerRegistry.Ending ending) =
            registry.keyState(keccak256(abi.encode(x, y)));
        same(end, stored, "end");
        check(ending == IIssuerRegistry.Ending.Compromised, "ending");
        VM.expectPartialRevert(IIssuerRegistry.KeyAlreadyEnded.selector);
        registry.endKey(ISSUER, x, y, IIssuerRegistry.Ending.Orderly);
    }

    function testFuzz_OnlyTheOwnerActs(address caller, uint8 act) external {
        VM.assume(caller != address(this));
        (bytes32 x, bytes32 y) = point(7);
        bytes[7] memory calls = [
            abi.encodeCall(registry.register, ("new")),
            abi.encodeCall(registry.suspend, (ISSUER)),
            abi.encodeCall(registry.resume, (ISSUER)),
            abi.encodeCall(registry.accredit, (ISSUER, TYPE)),
            abi.encodeCall(registry.withdraw, (ISSUER, TYPE, IIssuerRegistry.Ending.Orderly)),
            abi.encodeCall(registry.addKey, (ISSUER, x, y)),
            abi.encodeCall(registry.endKey, (ISSUER, x, y, IIssuerRegistry.Ending.Orderly))
        ];
        VM.prank(caller);
        (bool done, bytes memory data) = address(registry).call(calls[act % 7]);
        check(!done, "a stranger acted");
        same(
            keccak256(abi.encodeWithSelector(IOwned.NotOwner.selector, caller)),
            keccak256(data),
            "refusal"
        );
    }

    function testFuzz_UnknownIssuerIsRefused(bytes32 issuer, bytes32 kind) external {
        VM.assume(issuer != ISSUER && issuer != OTHER);
        bytes memory refusal =
            abi.encodeWithSelector(IIssuerRegistry.IssuerUnknown.selector, issuer);
        VM.expectRevert(refusal);
        registry.accredit(issuer, kind);
        VM.expectRevert(refusal);
        registry.suspend(issuer);
    }

    function testFuzz_OwnershipIsTakenOnlyByWhomItWasOfferedTo(address offered, address caller)
        external
    {
        VM.assume(offered != caller && offered != address(0) && caller != address(0));
        registry.offerOwnership(offered);
        VM.expectRevert(abi.encodeWithSelector(IOwned.NotOffered.selector, caller));
        VM.prank(caller);
        registry.acceptOwnership();
        VM.prank(offered);
        registry.acceptOwnership();
        check(registry.owner() == offered, "owner");
        check(registry.pendingOwner() == address(0), "pending owner");
    }
}

/// @notice Acts at random on two issuers, two types and four keys, and checks after every act that
/// no period was rewritten.
contract IssuerRegistryHandler is Tested {
    struct Seen {
        uint64 start;
        uint64 end;
        IIssuerRegistry.Ending ending;
        bytes32 issuer;
    }

    IssuerRegistry public immutable registry;
    bytes32[2] private issuers = [bytes32("first"), bytes32("second")];
    bytes32[2] private types = [bytes32("youth"), bytes32("housing")];
    bytes32[2][4] private points;
    mapping(bytes32 keyId => Seen) private keys;
    mapping(bytes32 issuer => mapping(bytes32 kind => Seen)) private accreditations;

    constructor() {
        VM.warp(1_577_836_800);
        registry = new IssuerRegistry(address(this));
        registry.register(issuers[0]);
        registry.register(issuers[1]);
        for (uint256 n = 0; n < 4; n++) {
            (uint256 x, uint256 y) = VM.publicKeyP256(n + 1);
            points[n] = [bytes32(x), bytes32(y)];
        }
    }

    function wait(uint16 seconds_) external {
        VM.warp(block.timestamp + seconds_);
    }

    function addKey(uint256 who, uint256 which) external compared {
        (bytes32 x, bytes32 y, bytes32 keyId) = key(which);
        bool fresh = keys[keyId].start == 0;
        try registry.addKey(issuers[who % 2], x, y) {
            check(fresh, "a key was used again");
        } catch {
            check(!fresh, "a new key was refused");
        }
    }

    function endKey(uint256 who, uint256 which, uint8 how) external compared {
        (bytes32 x, bytes32 y, bytes32 keyId) = key(which);
        Seen memory seen = keys[keyId];
        uint8 ending = uint8(within(how, 0, 2));
        bool right = seen.issuer == issuers[who % 2] && ending > uint8(seen.ending);
        try registry.endKey(issuers[who % 2], x, y, IIssuerRegistry.Ending(ending)) {
            check(right, "a key was ended wrongly");
        } catch {
            check(!right, "an end was refused");
        }
    }

    function accredit(uint256 who, uint256 which) external compared {
        Seen memory seen = accreditations[issuers[who % 2]][types[which % 2]];
        bool right = seen.start == 0 || seen.end != 0;
        try registry.accredit(issuers[who % 2], types[which % 2]) {
            check(right, "an accreditation was opened twice");
            delete accreditations[issuers[who % 2]][types[which % 2]];
        } catch {
            check(!right, "an accreditation was refused");
        }
    }

    function withdraw(uint256 who, uint256 which, uint8 how) external compared {
        Seen memory seen = accreditations[issuers[who % 2]][types[which % 2]];
        uint8 ending = uint8(within(how, 0, 2));
        bool right = seen.start != 0 && ending > uint8(seen.ending);
        try registry.withdraw(
            issuers[who % 2], types[which % 2], IIssuerRegistry.Ending(ending)
        ) {
            check(right, "an accreditation was withdrawn wrongly");
        } catch {
            check(!right, "a withdrawal was refused");
        }
    }

    /// @notice Compares what stands with what was seen after the last act.
    function compare() public view {
        for (uint256 n = 0; n < 4; n++) {
            follow(keys[keyIdOf(n)], keyNow(n));
            follow(accreditations[issuers[n / 2]][types[n % 2]], accreditationNow(n));
        }
    }

    /// @dev After every act: compares, and remembers what stands.
    modifier compared() {
        _;
        compare();
        for (uint256 n = 0; n < 4; n++) {
            keys[keyIdOf(n)] = keyNow(n);
            accreditations[issuers[n / 2]][types[n % 2]] = accreditationNow(n);
        }
    }

    function keyNow(uint256 n) private view returns (Seen memory seen) {
        (seen.issuer, seen.start, seen.end, seen.ending) = registry.keyState(keyIdOf(n));
    }

    function accreditationNow(uint256 n) private view returns (Seen memory seen) {
        (seen.start, seen.end, seen.ending) =
            registry.accreditation(issuers[n / 2], types[n % 2]);
    }

    function keyIdOf(uint256 n) private view returns (bytes32 keyId) {
        (,, keyId) = key(n);
    }

    function follow(Seen memory before, Seen memory now_) private view {
        check((now_.end == 0) == (now_.ending == IIssuerRegistry.Ending.None), "end and ending");
        check(now_.end == 0 || now_.end >= now_.start, "end before start");
        check(now_.start <= block.timestamp && now_.end <= block.timestamp, "time of the future");
        if (before.start == 0) return;
        same(before.start, now_.start, "start");
        same(before.issuer, now_.issuer, "issuer");
        check(before.end == 0 || before.end == now_.end, "end");
        check(uint8(before.ending) <= uint8(now_.ending), "ending");
    }

    function key(uint256 which) private view returns (bytes32 x, bytes32 y, bytes32 keyId) {
        (x, y) = (points[which % 4][0], points[which % 4][1]);
        keyId = keccak256(abi.encode(x, y));
    }
}

contract IssuerRegistryInvariants is Invariant {
    function setUp() external {
        handler = address(new IssuerRegistryHandler());
    }

    function invariant_NoPeriodIsRewritten() external view {
        IssuerRegistryHandler(handler).compare();
    }
}
