// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/** The contract on a member that is alone. */
class CounterOnOneMemberIT extends CounterContract {

    CounterOnOneMemberIT() {
        super(1);
    }
}
