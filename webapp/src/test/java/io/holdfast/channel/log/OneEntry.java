// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import com.hazelcast.map.ExtendedMapEntry;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The entry of a map with one channel, as an entry processor sees it. */
final class OneEntry implements ExtendedMapEntry<String, Log> {
    private @Nullable Log log;

    OneEntry(@Nullable Log log) {
        this.log = log;
    }

    @Override
    public String getKey() {
        return "channel";
    }

    @Override
    @SuppressWarnings("NullAway") // as Hazelcast has it
    public Log getValue() {
        return log;
    }

    @Override
    @SuppressWarnings("NullAway")
    public Log setValue(Log value) {
        log = value;
        return value;
    }

    @Override
    public Log setValue(Log value, long ttl, TimeUnit unit) {
        return setValue(value);
    }

    @Override
    public Log setValueWithoutChangingExpiryTime(Log value) {
        return setValue(value);
    }
}
