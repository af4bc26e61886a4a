// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.config;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** A source that can be asked but not listed, such as JNDI. Of several sources, that of the higher rank counts. */
final class AskedSource implements ConfigSource {
    private final String name;
    private final int rank;
    private final Function<String, Optional<String>> lookup;

    AskedSource(String name, int rank, Function<String, Optional<String>> lookup) {
        this.name = name;
        this.rank = rank;
        this.lookup = lookup;
    }

    @Override
    public Set<String> getPropertyNames() {
        return Set.of();
    }

    @Override
    public @Nullable String getValue(String key) {
        return lookup.apply(key).orElse(null);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public int getOrdinal() {
        return rank;
    }
}
