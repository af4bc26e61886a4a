// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import io.holdfast.access.token.TokenKey;
import io.holdfast.config.Option;
import io.holdfast.proxy.script.Jsonp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Makes a route from a line. */
final class RouteReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+|\\*");

    private final Path folder;
    private final Consumer<String> fault;
    private final String domain;
    private final Arguments condition;
    private final List<RouteLine.Part> targets;
    private final List<Arguments> ofTargets;

    /**
     * Begins with a line.
     *
     * @param parts the condition and at least one target
     * @param folder the folder that paths are relative to
     * @param fault receives a sentence for each fault; after a fault, the result is not a valid route
     */
    RouteReader(List<RouteLine.Part> parts, Path folder, Consumer<String> fault) {
        this.folder = folder;
        this.fault = fault;
        domain = IpV6.bare(parts.get(0).value());
        condition = new Arguments(parts.get(0).arguments(), Place.CONDITION, fault);
        targets = parts.subList(1, parts.size());
        ofTargets = targets.stream()
                .map(target -> new Arguments(target.arguments(), Place.TARGET, fault))
                .toList();
    }

    /** The route. */
    Route read() {
        Route.Condition read = condition();
        Route.Change change = change();
        return new Route(
                read,
                grip(),
                change,
                jsonp(),
                condition.has(Parameters.ACO),
                condition.has(Parameters.DEBUG),
                patience(),
                limits(),
                health(),
                targets(change.asHost().or(() -> named(read.domain()))));
    }

    private static Optional<String> named(String domain) {
        return domain.isEmpty() || domain.equals("*") ? Optional.empty() : Optional.of(domain);
    }

    private Route.Condition condition() {
        if (domain.isEmpty())
            fault.accept(
                    "There is no domain; a request cannot ask for a route by its id. Begin with * for any domain.");
        else if (!NAME.matcher(domain).matches() && !IpV6.is(domain))
            fault.accept("The domain must be * or a host's name or address without a port, not '" + domain + "'.");
        return new Route.Condition(
                domain.toLowerCase(Locale.ROOT),
                pathBeg(),
                condition.has(Parameters.PROTO),
                condition.find(Parameters.CLIENT_TLS));
    }

    private String pathBeg() {
        return condition.find(Parameters.PATH_BEG).orElse("");
    }

    private Route.Grip grip() {
        return new Route.Grip(
                condition.has(Parameters.NO_GRIP),
                condition.get(Parameters.PREFIX),
                condition.text(Parameters.SIG_ISS),
                key());
    }

    private Optional<TokenKey> key() {
        try {
            return condition.text(Parameters.SIG_KEY).map(text -> TokenKey.signing(text, folder));
        } catch (IllegalArgumentException e) {
            fault.accept("sig_key cannot be used: " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private Route.Change change() {
        Optional<String> replaced = condition.find(Parameters.REPLACE_BEG);
        int counted = condition.get(Parameters.PATH_REM);
        return new Route.Change(
                replaced.isPresent() ? pathBeg().length() : counted,
                replaced.orElse(""),
                condition.text(Parameters.AS_HOST),
                condition.has(Parameters.ORIG_HEADERS),
                headers());
    }

    private List<Route.Header> headers() {
        List<Route.Header> headers = condition.all(Parameters.HEADER);
        Set<String> names = new HashSet<>();
        for (Route.Header header : headers)
            if (!names.add(header.name().toLowerCase(Locale.ROOT)))
                fault.accept("header is there twice for " + header.name() + "; say it once.");
        return headers;
    }

    private Jsonp.Options jsonp() {
        boolean extended = condition.get(Parameters.JSONP_EXTENDED);
        return new Jsonp.Options(
                extended,
                condition.text(Parameters.JSONP_CB).orElse(Parameters.JSONP_CB.otherwise()),
                condition.get(Parameters.JSONP_BODY),
                condition.get(Parameters.JSONP_DEFCB),
                condition.find(Parameters.JSONP_DEFMETHOD).orElse(extended ? "GET" : "POST"));
    }

    private Route.Patience patience() {
        return new Route.Patience(
                shared(Parameters.TRY_DURATION),
                shared(Parameters.TRY_INTERVAL),
                shared(Parameters.RETRIES),
                shared(Parameters.MAX_WAITING),
                shared(Parameters.CONCURRENCY),
                Math.toIntExact(shared(Parameters.BODY_BUFFER)),
                said(Parameters.RETRY_UNSAFE).orElse(false),
                shared(Parameters.POLICY));
    }

    private Route.Limits limits() {
        return new Route.Limits(
                shared(Parameters.CONNECT_TIMEOUT), shared(Parameters.TIMEOUT), shared(Parameters.MAX_BODY));
    }

    private Optional<Route.Health> health() {
        Duration interval = shared(Parameters.HEALTH_INTERVAL);
        return said(Parameters.HEALTH).filter(path -> !path.isEmpty()).map(path -> new Route.Health(path, interval));
    }

    private <T> T shared(Option<T> option) {
        return said(option).orElseGet(() -> Arguments.otherwise(option));
    }

    /** The value that any of the targets sets, for all of them. */
    private <T> Optional<T> said(Option<T> option) {
        List<T> values = ofTargets.stream()
                .flatMap(target -> target.find(option).stream())
                .distinct()
                .toList();
        if (values.size() > 1)
            fault.accept(option.key() + " is for the whole route, and its targets say different things; say one.");
        return values.stream().findFirst();
    }

    private List<Target> targets(Optional<String> requested) {
        List<Target> read = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++)
            new TargetReader(targets.get(i).value(), requested, ofTargets.get(i), fault)
                    .read()
                    .ifPresent(read::add);
        return read;
    }
}
