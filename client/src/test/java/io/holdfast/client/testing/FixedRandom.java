// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.testing;

import java.util.random.RandomGenerator;

/** A source of random numbers that is not random: always the greatest number, or always the least. */
public enum FixedRandom implements RandomGenerator {
    MOST {
        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    },
    LEAST {
        @Override
        public long nextLong(long bound) {
            return 0;
        }
    };

    @Override
    public long nextLong() {
        throw new UnsupportedOperationException();
    }
}
