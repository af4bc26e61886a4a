// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/** Who looks for somebody to perform a request. */
interface Asking extends Caller {
    /** Is shown who does, before that calls. */
    void by(Performer performer);
}
