//! Everything that is refused, with what is said of it.

use super::*;

#[test]
fn a_form_of_another_version_is_refused() {
    assert_eq!(complaints("[cache]\nenabled = true"), ["version: is missing; write version = 1 at the top"]);
    assert_eq!(complaints("version = 2"), ["line 1, column 11: version = 2: is too large; write at most 1"]);
}

#[test]
fn unknown_keys_are_refused_with_the_one_that_was_meant() {
    refused("limits.max_wiat = \"1s\"", "limits.max_wiat: there is no such key; did you mean \"max_wait\"?");
    refused("[cahce]", "cahce: there is no such key; did you mean \"cache\"?");
    refused("log.colour = true", "log.colour: there is no such key; the keys here are format, level");
    refused(
        "stores.media = { kind = \"memory\", source = true, versoin_policy = \"immutable\" }\nstores.renditions = { kind = \"memory\" }",
        "stores.media.versoin_policy: there is no such key; did you mean \"version_policy\"?",
    );
    let (_folder, file) = secret_file(SECRET);
    refused(
        &format!("auth.tokens = [{{ id = \"a\", secret_file = \"{file}\", sekret = 1 }}]"),
        "auth.tokens[0].sekret: there is no such key; the keys here are id, secret_file",
    );
    refused(
        "specs.a = { output = { webp = {} }, quality = 3 }",
        "specs.a.quality: there is no such key; the keys here are operations, output, scaled_decoding, device_pixel_ratio, animation, light, color_profile, metadata, on_damaged, strategy, sources, public, stale_while_revalidate, previous_for, on_get, placeholder",
    );
}

#[test]
fn a_value_where_a_table_belongs_is_refused() {
    refused("cache = 5", "cache: an integer can't stand here; write a table: [cache]");
    refused("specs.a = \"b\"", "specs.a: a string can't stand here; write a table: [specs.a]");
}

#[test]
fn values_of_the_wrong_type_are_refused() {
    refused(
        "cache.enabled = \"yes\"",
        "cache.enabled = \"yes\": a string can't stand here; write true or false, without quotes",
    );
    refused("log.level = 3", "log.level = 3: an integer can't stand here; write a string in quotes");
    refused(
        "limits.max_batch = \"10\"",
        "limits.max_batch = \"10\": a string can't stand here; write a whole number, without quotes and without a unit",
    );
    refused(
        "limits.max_wait = 60",
        "limits.max_wait = 60: an integer can't stand here; write a number with a unit, such as \"500ms\", \"10s\", \"5m\", \"24h\" or \"7d\"",
    );
    refused("queue.path = \"\"", "queue.path = \"\": is empty; write something, or leave the key out");
    refused(
        "auth.tokens = \"abc\"",
        "auth.tokens = \"abc\": a string can't stand here; write a list of tables: [{ … }, { … }]",
    );
    refused("auth.tokens = [5]\n", "auth.tokens[0]: an integer can't stand here; write a table: { … }");
}

#[test]
fn numbers_sizes_and_durations_out_of_bounds_are_refused() {
    refused("limits.max_batch = 0", "limits.max_batch = 0: is too small; write at least 1");
    refused("limits.max_batch = -5", "limits.max_batch = -5: is too small; write at least 1");
    refused("limits.max_batch = 1001", "limits.max_batch = 1001: is too large; write at most 1000");
    refused("cache.max_bytes = \"1 KiB\"", "cache.max_bytes = \"1 KiB\": is too small; write at least 1 MiB");
    refused(
        "cache.max_bytes = \"lots\"",
        "cache.max_bytes = \"lots\": is not a size; write a size such as \"64 MiB\" or \"1.5 GB\", or a number of bytes",
    );
    refused("cache.source_ttl = \"0s\"", "cache.source_ttl = \"0s\": is too short; write at least \"1ms\"");
    refused("cache.ready_ttl = \"0s\"", "cache.ready_ttl = \"0s\": is too short; write at least \"1ms\"");
    refused(
        "cache.ready_ttl = \"always\"",
        "cache.ready_ttl = \"always\": is not a duration; write a duration such as \"24h\", or \"forever\"",
    );
    refused("limits.max_wait = \"2h\"", "limits.max_wait = \"2h\": is too long; write at most \"1h\"");
    let share = "write a share such as \"60%\" (above 0, at most 100), or a size such as \"2 GiB\"";
    refused("limits.memory = \"0%\"", &format!("limits.memory = \"0%\": is not a share; {share}"));
    refused(
        "limits.memory = \"most\"",
        &format!("limits.memory = \"most\": is neither a share nor a size; {share}"),
    );
    refused("limits.memory = \"1 MiB\"", "limits.memory = \"1 MiB\": is too small; write at least 16 MiB");
}

#[test]
fn words_that_are_not_among_those_that_can_stand_there_are_refused() {
    let strategies = "write one of \"just_in_time\", \"optimistic\", \"background\", \"eager\"";
    refused(
        "defaults.strategy = \"eagre\"",
        &format!(
            "defaults.strategy = \"eagre\": is not one of the words that can stand here; did you mean \"eager\"? {strategies}"
        ),
    );
    refused(
        "log.format = \"xml\"",
        "log.format = \"xml\": is not one of the words that can stand here; write one of \"text\", \"json\"",
    );
    refused(
        "media.access = \"opne\"",
        "media.access = \"opne\": is not one of the words that can stand here; did you mean \"open\"? write one of \"signed\", \"open\"",
    );
    refused(
        "log.level = \"inof\"",
        "log.level = \"inof\": \"inof\" is not a level; did you mean \"info\"? write one of \"off\", \"error\", \"warn\", \"info\", \"debug\", \"trace\", or directives such as \"info,rendition_server=debug\"",
    );
}

#[test]
fn addresses_that_nobody_can_listen_at_are_refused() {
    let remedy = "write an IP address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"";
    refused(
        "listen.grpc = \"50051\"",
        &format!("listen.grpc = \"50051\": is not an address to listen at; {remedy}"),
    );
    refused(
        "listen.http = \"example.org:80\"",
        &format!("listen.http = \"example.org:80\": is not an address to listen at; {remedy}"),
    );
    assert!(parse("version = 1\nlisten.http = \"localhost:0\"").is_ok());
}

#[test]
fn a_listener_that_anybody_can_reach_wants_authentication_or_the_word() {
    let said = "listen.grpc = \"0.0.0.0:1\": can be reached by anybody, and there are no auth.tokens; add tokens, listen on 127.0.0.1, or say listen.insecure = true";
    refused("listen.grpc = \"0.0.0.0:1\"", said);
    assert!(parse("version = 1\nlisten = { grpc = \"0.0.0.0:1\", insecure = true }").is_ok());
    assert!(
        parse("version = 1\nlisten = { grpc = \"[::ffff:127.0.0.1]:1\" }").is_ok(),
        "loopback all the same"
    );
    let open =
        "listen.http = \"0.0.0.0:2\"\nmedia = { access = \"open\", public_url = \"http://a.example\" }";
    refused(
        open,
        "listen.http = \"0.0.0.0:2\": can be reached by anybody, and media.access is \"open\"; write media.access = \"signed\", listen on 127.0.0.1, or say listen.insecure = true",
    );
    assert!(parse(&format!("version = 1\n{open}\nlisten.insecure = true")).is_ok());
}

#[test]
fn an_endpoint_that_anybody_can_reach_wants_keys_and_a_url() {
    refused(
        "listen.http = \"0.0.0.0:2\"\nmedia = { public_url = \"http://a.example\" }",
        "media.keys: is empty, and URLs can't be signed without a key; write media.keys = [{ id = \"k1\", secret_file = \"…\" }], the same for all servers behind media.public_url",
    );
    refused(
        "listen.http = \"0.0.0.0:2\"\nlisten.insecure = true\nmedia.access = \"open\"",
        "media.public_url: is missing, and listen.http = \"0.0.0.0:2\" is no address that callers can use in a URL; write the URL under which callers reach the media endpoint, such as \"https://images.example.org\"",
    );
}

#[test]
fn public_urls_that_nothing_can_be_appended_to_are_refused() {
    let remedy =
        "write http:// or https://, a host and perhaps a path, such as \"https://images.example.org/media\"";
    for (url, said) in [
        ("images.example.org", "is not an http or https URL"),
        ("ftp://images.example.org", "is not an http or https URL"),
        ("https://a b", "is not a URL"),
        ("https://a/?x=1", "has a query or fragment, and paths are appended to it"),
        ("https://a/#x", "has a query or fragment, and paths are appended to it"),
        ("https://me:pw@a/", "holds a user name, which would stand in every URL"),
    ] {
        refused(
            &format!("media.public_url = \"{url}\""),
            &format!("media.public_url = \"{url}\": {said}; {remedy}"),
        );
    }
}

#[test]
fn credentials_without_name_or_secret_are_refused() {
    let (_folder, file) = secret_file(SECRET);
    refused(
        &format!("media.keys = [{{ secret_file = \"{file}\" }}]"),
        "media.keys[0].id: is missing; give it a name, such as \"k1\"",
    );
    refused(
        "media.keys = [{ id = \"k1\" }]",
        "media.keys[0].secret_file: is missing; name the file that holds the secret",
    );
    refused(
        &format!("media.keys = [{{ id = \"k.1\", secret_file = \"{file}\" }}]"),
        "media.keys[0].id = \"k.1\": can't be an id; write 1 to 32 letters, digits, \"_\" and \"-\"",
    );
    let twice = format!("{{ id = \"k1\", secret_file = \"{file}\" }}");
    refused(
        &format!("auth.tokens = [{twice}, {twice}]"),
        "auth.tokens[1].id = \"k1\": stands twice in the list; give each entry an id of its own",
    );
    let (_folder, short) = secret_file("hunter2");
    refused(
        &format!("auth.tokens = [{{ id = \"a\", secret_file = \"{short}\" }}]"),
        &format!(
            "auth.tokens[0].secret_file = \"{short}\": the secret file {short} has 7 bytes where a secret needs at least 16; put a secret there that only the server can read, for instance: head -c 32 /dev/urandom | base64 > {short}"
        ),
    );
}

#[test]
fn half_of_a_certificate_is_refused() {
    let (_folder, file) = secret_file("pem");
    refused(
        &format!("listen.tls = {{ cert_file = \"{file}\" }}"),
        "listen.tls.key_file: is missing; write both listen.tls.cert_file and listen.tls.key_file, or neither",
    );
    refused(
        &format!("listen.tls = {{ cert_file = \"{file}\", key_file = \"no/such\" }}"),
        "listen.tls.key_file = \"no/such\": can't be read: No such file or directory (os error 2); name a PEM file that the server may read",
    );
}

#[test]
fn a_fetch_budget_below_the_largest_source_is_refused() {
    refused(
        "limits.fetch_bytes = \"1 MiB\"",
        "limits.fetch_bytes: 1 MiB is less than limits.max_source_bytes, 64 MiB: the largest sources could never be fetched; raise limits.fetch_bytes, or lower limits.max_source_bytes",
    );
}
