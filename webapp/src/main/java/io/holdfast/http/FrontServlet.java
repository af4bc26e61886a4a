// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.departure.Departures;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.http.server.Server;
import io.holdfast.pace.Pace;
import io.holdfast.time.OutOfMemory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one servlet: finds the route, runs its handler, and turns everything that can go wrong on the way into a problem
 * document. Also renders the container's own errors within the context.
 */
public final class FrontServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = System.getLogger(FrontServlet.class.getName());
    private static final String NAME_RULE = "1 to 128 characters of A-Z a-z 0-9 . _ ~ -, and not . or ..";
    /** An init parameter of the application if the server shows the true ends of each connection, whatever the settings. */
    public static final String TRUE_ADDRESSES = "io.holdfast.true-addresses";

    private static final String NAMES_RULE =
            "1 to " + Routes.MOST_NAMES + " different names, separated by commas, each " + NAME_RULE;
    private static final int MOST_PARAMETERS = 1_000;
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._~-]{1,128}");

    private final transient Routes routes;
    private final transient WaitLimits waits;
    private final transient Backlog backlog;
    private final transient Json json;
    private final transient TrustedProxies proxies;
    private final transient CrossOrigin crossOrigin;
    private final transient Asynchrony asynchrony = new Asynchrony();
    private transient @Nullable Departures departures; // set before the servlet is deployed
    private transient Pace pace = Pace.ANY; // set before the servlet is deployed
    private transient @Nullable Setup setup; // set before the first request

    public FrontServlet(
            Routes routes,
            WaitLimits waits,
            Backlog backlog,
            Json json,
            TrustedProxies proxies,
            CrossOrigin crossOrigin) {
        this.routes = routes;
        this.waits = waits;
        this.backlog = backlog;
        this.json = json;
        this.proxies = proxies;
        this.crossOrigin = crossOrigin;
    }

    /** A servlet that trusts no proxy, and no page of another origin. */
    public FrontServlet(Routes routes, WaitLimits waits, Backlog backlog, Json json) {
        this(routes, waits, backlog, json, TrustedProxies.NONE, CrossOrigin.NONE);
    }

    @Override
    public void init() {
        Departures watching = departures;
        if (watching != null && getServletContext().getInitParameter(TRUE_ADDRESSES) != null) watching.trustAddresses();
        setup = new Setup(Server.of(getServletContext()), waits, backlog, proxies, crossOrigin, json, watching, pace);
    }

    /** The heap that a held request takes on the server of this application, in bytes. */
    public static int heldBytes(ServletContext context) {
        return Server.of(context).heldBytes();
    }

    /** Has it end the holds whose clients have left; to be called before it is deployed. */
    public void watch(Departures watching) {
        departures = watching;
    }

    /** Has it refuse bodies that come too slowly; to be called before it is deployed. */
    public void watch(Pace watching) {
        pace = watching;
    }

    /** Why requests cannot be held on this server, as far as requests have shown. */
    public Optional<String> obstacle() {
        return asynchrony.obstacle();
    }

    private Setup setup() {
        return Objects.requireNonNull(setup);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            setup().server().fail(request, response);
            return;
        }
        // The server has sent a response already, which cannot become ours.
        if (response.isCommitted()) return;
        if (request.getDispatcherType() != DispatcherType.ERROR) asynchrony.note(request);
        boolean withBody = !request.getMethod().equals("HEAD");
        try {
            if (request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status)
                throw new Refusal(Problem.of(status, "The server refused the request."));
            Body.refuseUnknownCoding(request);
            serve(request, response, withBody);
        } catch (Refusal refusal) {
            json.answer(refusal).writeTo(response, withBody);
        } catch (OutOfMemoryError e) {
            OutOfMemory.note(e);
            throw e;
        }
    }

    private void serve(HttpServletRequest request, HttpServletResponse response, boolean withBody) throws IOException {
        Handler otherwise = routes.otherwise();
        if (otherwise != null && !isOurs(request)) {
            serve(otherwise, new Call(request, response, Map.of(), setup(), withBody));
            return;
        }
        Routes.Match match = routes.find(segments(request));
        // Responses beneath a path belong to others, who know which pages may read them.
        if (match == null || match.route().beneath() == null) crossOrigin.mark(request, response);
        if (match == null) throw new Refusal(nothingAt(RequestTarget.of(request).path()));
        checkSpelling(match.route(), request);
        match.names().forEach(FrontServlet::checkName);
        Handler beneath = match.route().beneath();
        if (beneath != null) {
            serve(beneath, new Call(request, response, match.names(), setup(), withBody));
            return;
        }
        if (crossOrigin.isPreflight(request)) {
            crossOrigin.grant(request, response, match.route().allow());
            OwnResponse.empty(HttpServletResponse.SC_NO_CONTENT)
                    .with("Allow", match.route().allow())
                    .writeTo(response, false);
            return;
        }
        Handler handler = match.route().handler(request.getMethod());
        if (handler == null) withoutHandler(match.route(), request.getMethod(), response);
        else {
            checkParameters(match.route(), request);
            if (!request.getMethod().equals("POST")) Body.refuseUnread(request);
            serve(handler, new Call(request, response, match.names(), setup(), withBody));
        }
    }

    /** Parameters without a meaning are ignored, unless they resemble one that has a meaning: its client would be misunderstood. */
    private static void checkParameters(Routes.Route route, HttpServletRequest request) {
        List<String> names = new Query(request).names();
        if (names.size() > MOST_PARAMETERS) throw new Refusal(tooMany(names.size()));
        for (String name : names)
            Misspelling.meant(name, route.parameters()).ifPresent(meant -> {
                throw new Refusal(misspelt(Problem.shown(name), meant));
            });
    }

    private static Problem tooMany(int parameters) {
        return Problem.badValue("query", "of at most " + MOST_PARAMETERS + " parameters", parameters + " of them");
    }

    private static Problem misspelt(String name, String meant) {
        return Problem.of(400, "There is no parameter '" + name + "' here; the nearest is '" + meant + "'.")
                .and("field", name)
                .and("rule", meant + ", or a name that resembles no parameter")
                .and("value", name);
    }

    private boolean isOurs(HttpServletRequest request) {
        try {
            return routes.find(segments(request)) != null;
        } catch (Refusal notUnderstood) {
            return false;
        }
    }

    private static Problem nothingAt(String path) {
        return Problem.of(404, "There is nothing at this path.")
                .and("field", "path")
                .and("rule", "one that is served")
                .and("value", Problem.shown(path));
    }

    private void serve(Handler handler, Call call) throws IOException {
        try {
            handler.serve(call);
        } catch (Refusal refusal) {
            call.answerFailure(call.shown(json.answer(refusal)));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A handler failed", e);
            call.answerFailure(json.answer(Problem.of(500, "The server failed; its log says how.")));
        }
    }

    private static void withoutHandler(Routes.Route route, String method, HttpServletResponse response)
            throws IOException {
        response.setHeader("Allow", route.allow());
        if (method.equals("OPTIONS")) {
            OwnResponse.empty(HttpServletResponse.SC_NO_CONTENT).writeTo(response, false);
            return;
        }
        String rule = "one of " + route.allow();
        throw new Refusal(Problem.of(405, "method must be " + rule + ", not '" + Problem.shown(method) + "'.")
                .and("field", "method")
                .and("rule", rule)
                .and("value", Problem.shown(method)));
    }

    private static void checkName(String field, String value) {
        if (!field.endsWith(Routes.SEVERAL)) {
            if (!NAME.matcher(value).matches()) throw new Refusal(Problem.badValue(field, NAME_RULE, value));
            return;
        }
        List<String> names = Routes.names(value);
        if (names.size() > Routes.MOST_NAMES
                || Set.copyOf(names).size() < names.size()
                || !names.stream().allMatch(name -> NAME.matcher(name).matches()))
            throw new Refusal(Problem.badValue(Routes.field(field), NAMES_RULE, value));
    }

    /** A server in front may have rules for paths, and compare paths as they are spelled. */
    private static void checkSpelling(Routes.Route route, HttpServletRequest request) {
        List<String> spelled = spelled(request);
        for (int i = 0; i < route.template().size(); i++) {
            String wanted = route.template().get(i), found = spelled.get(i);
            boolean isName = wanted.startsWith("{");
            if (isName && found.indexOf(';') < 0) continue;
            String rule = isName ? "without ;parameters" : "spelled as it is: " + wanted;
            if (!wanted.equals(found)) throw new Refusal(Problem.badValue("path", rule, found));
        }
    }

    /** The decoded segments of the raw path: split first, so that an encoded slash stays within its name. */
    private static List<String> segments(HttpServletRequest request) {
        return spelled(request).stream().map(FrontServlet::decoded).toList();
    }

    private static List<String> spelled(HttpServletRequest request) {
        return Routes.segments(RequestTarget.of(request)
                .path()
                .substring(request.getContextPath().length()));
    }

    private static String decoded(String segment) {
        int parameters = segment.indexOf(';');
        String bare = parameters < 0 ? segment : segment.substring(0, parameters);
        if (bare.indexOf('%') < 0) return bare;
        try {
            return URLDecoder.decode(bare.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.badValue("path", "percent-encoded UTF-8", bare));
        }
    }
}
