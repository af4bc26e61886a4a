// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The header fields of one message, in order; a name may occur several times. Names are compared without case. Immutable: one instance
 * serves all responses that share it.
 *
 * @param list the fields
 */
public record Headers(List<Header> list) implements Iterable<Header> {
    /** No field. */
    public static final Headers NONE = new Headers(List.of());

    public Headers {
        list = List.copyOf(list);
    }

    /** Fields of these names and values, given in turn. */
    public static Headers of(String... namesAndValues) {
        List<Header> list = new ArrayList<>(namesAndValues.length / 2);
        for (int i = 0; i < namesAndValues.length; i += 2)
            list.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
        return new Headers(list);
    }

    /** A set that ignores the case of its names. */
    public static Set<String> names(Collection<String> names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(names);
        return set;
    }

    /** The value of the first field of this name. */
    public Optional<String> first(String name) {
        for (Header header : list) if (header.is(name)) return Optional.of(header.value());
        return Optional.empty();
    }

    /** The values of all fields of this name, in a new list. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (Header header : list) if (header.is(name)) values.add(header.value());
        return values;
    }

    /** Whether there is a field of this name. */
    public boolean has(String name) {
        return first(name).isPresent();
    }

    /** The fields of no other names than those that match. */
    public Headers only(Predicate<String> name) {
        return list.stream().allMatch(header -> name.test(header.name()))
                ? this
                : new Headers(
                        list.stream().filter(header -> name.test(header.name())).toList());
    }

    /** The fields but for those of this name. */
    public Headers without(String name) {
        return only(other -> !other.equalsIgnoreCase(name));
    }

    /** The fields but for those of these names. */
    public Headers without(Collection<String> names) {
        Set<String> removed = names(names);
        return only(name -> !removed.contains(name));
    }

    /** The fields with one of this name and value at the end, which replaces others of its name. */
    public Headers with(String name, String value) {
        return without(name).and(name, value);
    }

    /** The fields, followed by one more. */
    public Headers and(String name, String value) {
        return and(of(name, value));
    }

    /** The fields, followed by more. */
    public Headers and(Headers more) {
        if (list.isEmpty()) return more;
        List<Header> both = new ArrayList<>(list);
        both.addAll(more.list);
        return new Headers(both);
    }

    /** Whether there is no field. */
    public boolean isEmpty() {
        return list.isEmpty();
    }

    @Override
    public Iterator<Header> iterator() {
        return list.iterator();
    }
}
