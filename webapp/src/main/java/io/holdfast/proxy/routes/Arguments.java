// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import io.holdfast.config.Option;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The arguments of a part of a line, read one by one. A wrong argument is reported and then left out. */
final class Arguments {
    private final List<RouteLine.Argument> taken = new ArrayList<>();
    private final Consumer<String> fault;

    /**
     * Reports at once the arguments that may not be here at all.
     *
     * @param given the arguments in the file
     * @param place the part of the line that they stand in
     * @param fault receives a sentence for each fault
     */
    Arguments(List<RouteLine.Argument> given, Place place, Consumer<String> fault) {
        this.fault = fault;
        Set<String> names = new HashSet<>();
        for (RouteLine.Argument argument : given) {
            Optional<String> refusal = place.refusal(argument.name(), argument.value());
            if (refusal.isPresent()) fault.accept(refusal.get());
            else if (names.add(argument.name()) || Parameters.repeatable(argument.name())) taken.add(argument);
            else fault.accept(argument.name() + " is there twice; say it once.");
        }
    }

    /** All values of the option. */
    <T> List<T> all(Option<T> option) {
        return taken.stream()
                .filter(argument -> argument.name().equals(option.key()))
                .flatMap(argument -> value(option, argument.value()).stream())
                .toList();
    }

    /** The value of the option; empty if it is absent or wrong. */
    <T> Optional<T> find(Option<T> option) {
        return all(option).stream().findFirst();
    }

    /** The value of the option, or else its default. */
    <T> T get(Option<T> option) {
        return find(option).orElseGet(() -> otherwise(option));
    }

    /** The text of the option; empty if it is absent or has no characters. */
    Optional<String> text(Option<String> option) {
        return find(option).filter(text -> !text.isEmpty());
    }

    /** Whether the flag is present. */
    boolean has(Option<Boolean> flag) {
        return find(flag).orElse(false);
    }

    private <T> Optional<T> value(Option<T> option, String text) {
        try {
            return Optional.of(option.parser().apply(text));
        } catch (IllegalArgumentException e) {
            fault.accept(Parameters.fault(option, text));
            return Optional.empty();
        }
    }

    /** The default of the option. */
    static <T> T otherwise(Option<T> option) {
        return option.parser().apply(option.otherwise());
    }
}
