/* The query page. Plain old JavaScript: it must run in the browsers that offices have. */
(function () {
  "use strict";
  var examples = [
    ["未入学残疾儿童，双方证据", "query Unenrolled {\n  findings(rule: \"unenrolled_disabled\", first: 10) {\n    totalCount\n    nodes {\n      id kind severity confidence township openedOn contradictedOn status\n      person { id name age township }\n      evidence { department says asOf record { sheet rowNumber payload } }\n      lookedIn { source asOf }\n    }\n  }\n}"],
    ["残疾、无学籍、低保，按乡镇", "query AcrossDepartments {\n  children(filter: {disabled: true, enrolled: false, onMinimumLivingAllowance: true}, orderBy: TOWNSHIP, first: 20) {\n    totalCount\n    nodes { id name age township certificates { category level } assistances { kind state } }\n  }\n  childCounts(groupBy: TOWNSHIP, filter: {disabled: true, enrolled: false}) { key count }\n}"],
    ["一名儿童：各方说法", "query Child($id: ID!) {\n  child(id: $id) {\n    name age number township\n    provenance(field: \"birthDate\") { value chosen provenance { source asOf rowNumber linkTier } }\n    enrolments { school { name } grade state validFrom provenance { source asOf } }\n    guardianships { relation capacity guardian { name } }\n    registerHousehold { id registeredPersons { name } }\n    links { tier score reasons { evidence weight } }\n  }\n}", "{\"id\": \"\"}"],
    ["一生一案", "query Plan($id: ID!) {\n  childPlan(personId: $id) {\n    person { name age }\n    facts { says department asOf }\n    disagreements\n    programmes { code name answer reason missing settledBy }\n  }\n}", "{\"id\": \"\"}"],
    ["一家一案", "query AidPlan($id: ID!) {\n  aidPlan(householdId: $id) {\n    householdCash\n    members { name age }\n    children { person { name } programmes { code answer reason missing settledBy } }\n  }\n}", "{\"id\": \"\"}"],
    ["来源与时效", "query Sources {\n  businessDate publication\n  sources { name department asOf daysOld deliveriesPublished }\n  deliveries(last: 10) { nodes { source file asOf state rowsRead rowsNew rowsChanged rowsUnchanged rowsQuarantined notices } }\n}"]
  ];
  var query = byId("query"), variables = byId("variables"), result = byId("result"), state = byId("state");

  function byId(id) { return document.getElementById(id); }

  function ask(body, done) {
    var request = new XMLHttpRequest();
    request.open("POST", "/graphql");
    request.setRequestHeader("content-type", "application/json");
    request.setRequestHeader("accept", "application/graphql-response+json, application/json");
    if (byId("token").value) { request.setRequestHeader("authorization", "Bearer " + byId("token").value.replace(/\s/g, "")); }
    if (byId("purpose").value) { request.setRequestHeader("hub-purpose", byId("purpose").value); }
    if (byId("case").value) { request.setRequestHeader("hub-case", byId("case").value.replace(/\s/g, "")); }
    request.onload = function () { done(request.responseText, request.status); };
    request.onerror = function () { done('{"errors":[{"message":"枢纽没有应答 · the hub does not answer"}]}', 0); };
    request.send(JSON.stringify(body));
  }

  function run() {
    var body = { query: query.value };
    if (variables.value.replace(/\s/g, "")) {
      try { body.variables = JSON.parse(variables.value); } catch (bad) { show("变量不是 JSON · the variables are not JSON", true); return; }
    }
    var began = Date.now();
    state.textContent = "…";
    ask(body, function (text, status) {
      var told;
      try { told = JSON.parse(text); } catch (bad) { show(text, true); return; }
      show(JSON.stringify(told, null, 2), Boolean(told.errors));
      state.textContent = status + " · " + (Date.now() - began) + " ms";
    });
  }

  function show(text, wrong) {
    result.textContent = text;
    result.className = wrong ? "wrong" : "";
  }

  function listExamples() {
    examples.forEach(function (example, place) {
      var item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = example[0];
      button.onclick = function () { query.value = example[1]; variables.value = example[2] || ""; if (!example[2]) { run(); } else { query.focus(); } };
      item.appendChild(button);
      byId("examples").appendChild(item);
      if (place === 0) { query.value = example[1]; }
    });
  }

  function typeName(type) {
    return type.kind === "NON_NULL" ? typeName(type.ofType) + "!" : type.kind === "LIST" ? "[" + typeName(type.ofType) + "]" : type.name;
  }

  function listTypes(types) {
    var wanted = byId("search").value.toLowerCase(), list = byId("types");
    list.textContent = "";
    types.forEach(function (type) {
      var fields = (type.fields || type.inputFields || []).filter(function (field) {
        return !wanted || (type.name + field.name + (field.description || "")).toLowerCase().indexOf(wanted) >= 0;
      });
      if (!fields.length || type.name.indexOf("__") === 0) { return; }
      var box = document.createElement("details"), head = document.createElement("summary"), about = document.createElement("small");
      head.textContent = type.name;
      about.textContent = type.description || "";
      box.appendChild(head);
      box.appendChild(about);
      box.open = Boolean(wanted);
      fields.forEach(function (field) {
        var line = document.createElement("p"), code = document.createElement("code"), note = document.createElement("small");
        code.textContent = field.name + ": " + typeName(field.type);
        note.textContent = " " + (field.description || "");
        line.appendChild(code);
        line.appendChild(note);
        box.appendChild(line);
      });
      list.appendChild(box);
    });
  }

  /* The demo's accounts, each with a token; elsewhere one pastes a token of one's own. */
  function loadAccounts() {
    var request = new XMLHttpRequest();
    request.open("GET", "/accounts");
    request.onload = function () {
      var told = JSON.parse(request.responseText), account = byId("account"), purpose = byId("purpose");
      Object.keys(told.purposes).forEach(function (code) { purpose.appendChild(option(code, told.purposes[code])); });
      told.accounts.forEach(function (one) { account.appendChild(option(one.name, one.title)); });
      account.onchange = function () {
        told.accounts.forEach(function (one) {
          if (one.name === account.value) { byId("token").value = one.token; purpose.value = one.purpose; }
        });
        if (!account.value) { byId("token").value = ""; }
        loadTypes();
      };
      purpose.onchange = loadTypes;
      byId("token").onchange = loadTypes;
      account.value = told.accounts.some(function (one) { return one.name === "lead"; }) ? "lead" : "";
      account.onchange();
    };
    request.send();
  }

  function option(value, text) {
    var made = document.createElement("option");
    made.value = value;
    made.textContent = text;
    return made;
  }

  function loadTypes() {
    show("", false);  // another asks now, or nobody: what was answered is not theirs
    state.textContent = "";
    var deep = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
    ask({ query: "{ __schema { types { name description fields { name description type { " + deep + " } } inputFields { name description type { " + deep + " } } } } }" }, function (text) {
      var told = JSON.parse(text), types = told.data ? told.data.__schema.types : [];
      byId("search").oninput = function () { listTypes(types); };
      listTypes(types);
    });
  }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); run(); }
  });
  query.addEventListener("keydown", function (event) {
    if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      var at = query.selectionStart;
      query.value = query.value.slice(0, at) + "  " + query.value.slice(query.selectionEnd);
      query.selectionStart = query.selectionEnd = at + 2;
    }
  });
  byId("run").onclick = run;
  listExamples();
  loadAccounts();
}());
