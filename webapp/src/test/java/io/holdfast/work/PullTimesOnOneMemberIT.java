// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/** The contract of times where there is one member. */
class PullTimesOnOneMemberIT extends PullTimesContract {
    private static final int MEMBERS = 1;

    PullTimesOnOneMemberIT() {
        super(MEMBERS);
    }
}
