// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import io.holdfast.testing.Jcstress;
import org.junit.jupiter.api.Test;

/** Runs {@link HabitsStress}. */
class HabitsIT {

    @Test
    void noInterleavingBreaksAPromise() throws Exception {
        Jcstress.assertPass(HabitsStress.class);
    }
}
