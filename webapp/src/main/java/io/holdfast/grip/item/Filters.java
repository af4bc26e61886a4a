// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The filters of a subscription. A filter drops an item or changes its content. Filters are known by their names. An unknown name has
 * no effect.
 */
public final class Filters {
    public static final String BUILD_ID = "build-id";
    private static final String VAR_SUBST = "var-subst";

    private Filters() {}

    /**
     * The properties that filters use.
     *
     * @param channels the channels of the connection, each with the last id it has seen
     * @param meta the properties of the subscription
     * @param published the properties of the item
     */
    public record Context(List<GripChannel> channels, Map<String, String> meta, Map<String, String> published) {
        public Context {
            channels = List.copyOf(channels);
            meta = Map.copyOf(meta);
            published = Map.copyOf(published);
        }
    }

    /**
     * The content in the form that the subscriber receives; empty if the item is not for this subscriber.
     *
     * @throws FilterException naming the filter that cannot be applied
     */
    public static Optional<byte[]> apply(List<String> names, Context context, byte[] content) {
        return drop(names, context) ? Optional.empty() : Optional.of(change(names, context, content));
    }

    /** Whether the item is not for this subscriber, whatever its content. */
    public static boolean drop(List<String> names, Context context) {
        return names.stream().anyMatch(name -> drops(name, context));
    }

    private static boolean drops(String name, Context context) {
        String user = context.meta().getOrDefault("user", "");
        return switch (name) {
            case "skip-self" ->
                !user.isEmpty() && user.equals(context.published().get("sender"));
            case "skip-users" ->
                !user.isEmpty() && among(user, context.published().getOrDefault("skip_users", ""));
            case "require-sub" -> !subscribed(context.published().getOrDefault("require_sub", ""), context);
            default -> false;
        };
    }

    private static boolean among(String user, String list) {
        return Arrays.stream(list.split(",")).map(String::strip).anyMatch(user::equals);
    }

    private static boolean subscribed(String channel, Context context) {
        return channel.isEmpty()
                || context.channels().stream().map(GripChannel::name).anyMatch(channel::equals);
    }

    private static byte[] change(List<String> names, Context context, byte[] content) {
        byte[] changed = content;
        for (String name : names) {
            try {
                changed = changed(name, context, changed);
            } catch (FilterException e) {
                throw e.in(name);
            }
        }
        return changed;
    }

    private static byte[] changed(String name, Context context, byte[] content) {
        return switch (name) {
            case BUILD_ID -> whole(renderer(context), content);
            case VAR_SUBST -> IdFormat.render(content, context.meta());
            default -> content;
        };
    }

    private static byte[] whole(IdFormat.Renderer renderer, byte[] content) {
        byte[] rendered = renderer.update(content);
        renderer.finish();
        return rendered;
    }

    private static IdFormat.Renderer renderer(Context context) {
        String format = context.meta().get("id_format"),
                encoding = context.meta().get("id_encoding");
        if (format == null) throw new FilterException("no sub meta 'id_format'");
        byte[] id = id(format, context.channels());
        if (encoding != null && !encoding.equals("hex")) throw new FilterException("unsupported encoding: " + encoding);
        return new IdFormat.Renderer(id, encoding != null);
    }

    private static byte @Nullable [] id(String format, List<GripChannel> channels) {
        if (channels.isEmpty()) return null;
        Map<String, String> ids = new HashMap<>();
        for (GripChannel channel : channels) {
            String prevId = channel.prevId();
            if (prevId != null) ids.put(channel.name(), prevId);
        }
        try {
            return IdFormat.render(format.getBytes(StandardCharsets.UTF_8), ids);
        } catch (FilterException e) {
            throw e.in("failed to render ID");
        }
    }

    /**
     * The renderer that changes the beginning of a stream; null if no filter changes it.
     *
     * @throws FilterException naming the filter that cannot be applied
     */
    static IdFormat.@Nullable Renderer ofResponse(List<GripChannel> channels, Map<String, String> meta) {
        if (channels.stream().noneMatch(channel -> channel.filters().contains(BUILD_ID))) return null;
        try {
            return renderer(new Context(List.of(), meta, Map.of()));
        } catch (FilterException e) {
            throw e.in(BUILD_ID);
        }
    }

    /**
     * The body of a response that begins or continues a stream.
     *
     * @throws FilterException naming the filter that cannot be applied
     */
    public static byte[] response(List<GripChannel> channels, Map<String, String> meta, byte[] body) {
        IdFormat.Renderer renderer = body.length == 0 ? null : ofResponse(channels, meta);
        return renderer == null ? body : whole(renderer, body);
    }

    /**
     * The reason why a subscription with these filters may not receive content for those filters; empty if it may.
     *
     * @param contentFilters null allows every subscription
     */
    public static Optional<String> mismatch(List<String> names, @Nullable List<String> contentFilters) {
        if (contentFilters == null) return Optional.empty();
        List<String> own = names.stream().filter(Filters::isOfContent).toList();
        return own.equals(contentFilters)
                ? Optional.empty()
                : Optional.of("content filter mismatch: subscription=" + String.join(",", own) + " message="
                        + String.join(",", contentFilters));
    }

    private static boolean isOfContent(String name) {
        return name.equals(BUILD_ID) || name.equals(VAR_SUBST);
    }
}
