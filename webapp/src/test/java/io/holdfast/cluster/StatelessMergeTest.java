// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hazelcast.spi.merge.MergingValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The values that a policy gets to join. */
class StatelessMergeTest {
    private final StatelessMerge<String> merge = new StatelessMerge<>() {
        @Override
        protected String join(String merging, @Nullable String existing) {
            return merging + " into " + existing;
        }
    };

    private record Value(String text) implements MergingValue<String> {

        @Override
        public Object getRawValue() {
            return text;
        }

        @Override
        public String getDeserializedValue() {
            return text;
        }
    }

    @Test
    void whatMergesIsJoinedIntoWhatIsThere() {
        assertEquals("one into other", merge.merge(new Value("one"), new Value("other")));
    }

    @Test
    void whereThereIsNothingYetItIsJoinedIntoNothing() {
        assertEquals("one into null", merge.merge(new Value("one"), null));
    }
}
