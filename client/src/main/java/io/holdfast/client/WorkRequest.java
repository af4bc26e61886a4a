// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;

/** A request that a worker has to perform. The client implements it. */
public interface WorkRequest {

    /** The id for logs: its {@code Work-Id}, or {@code X-Request-Id}; {@code -} if it has none. */
    String id();

    String method();

    /** The path within the queue, with the query. */
    String path();

    /** The headers, without those that concern one connection only. */
    HttpHeaders headers();

    /** The body, while it arrives. A read fails if the body breaks off. */
    InputStream body();

    /** The length of the body in bytes; -1 if it is unknown. */
    long length();

    /**
     * Reports progress to those who look at the job.
     *
     * @param json a JSON text
     * @throws IOException if the text is not JSON
     */
    void progress(String json) throws IOException;

    /** Whether the response is no longer wanted. */
    boolean isCancelled();

    /**
     * Runs the task when the response is no longer wanted; at once if that is so already. The handler's thread is interrupted too. The task
     * must be short.
     */
    void onCancel(Runnable task);
}
