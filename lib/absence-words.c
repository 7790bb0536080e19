/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "absence-words.h"

static const char subject_terms[] =
    "out of office|out of the office|automatic reply|automatic response|automated reply|"
    "automated response|auto reply|auto-reply|autoreply|auto response|auto-response|"
    "autoresponse|autoresponder|vacation reply|vacation response|vacation message|"
    "away notice|"
    "reponse automatique|message d'absence|notification d'absence|avis d'absence|"
    "absence du bureau|absent du bureau|absente du bureau|message automatique d'absence|"
    "abwesenheitsnotiz|abwesenheitsnachricht|abwesenheitsmeldung|automatische antwort|"
    "automatische ruckantwort|automatische eingangsbestatigung|nicht im buro|"
    "respuesta automatica|contestacion automatica|fuera de la oficina|fuera de oficina|"
    "mensaje de ausencia|aviso de ausencia|"
    "risposta automatica|fuori ufficio|messaggio di assenza|avviso di assenza|"
    "risposta automatica di assenza|"
    "resposta automatica|fora do escritorio|mensagem de ausencia|aviso de ausencia|"
    "ausencia temporaria|"
    "automatisch antwoord|automatische beantwoording|automatische antwoord|"
    "afwezigheidsbericht|afwezigheidsmelding|niet op kantoor|afwezigheidsassistent|"
    "automatyczna odpowiedz|odpowiedz automatyczna|autoodpowiedz|poza biurem|"
    "nieobecnosc w biurze|informacja o nieobecnosci|"
    "raspuns automat|raspuns automatic|in afara biroului|mesaj de absenta|plecat din birou";

static const char subject_words[] =
    "on leave|annual leave|on vacation|on holiday|vacation|away|i am away|i'm away|"
    "no longer with|unattended mailbox|mailbox not monitored|address not monitored|"
    "message received|we have received your|confirm your email|your message is awaiting|"
    "absence|absent|absente|en conge|en conges|conges|conge|en vacances|conges annuels|"
    "accuse de reception|fermeture annuelle|adresse non consultee|boite non relevee|"
    "abwesenheit|abwesend|im urlaub|urlaub|ausser haus|eingangsbestatigung|betriebsferien|"
    "in elternzeit|elternzeit|mutterschutz|"
    "ausencia|ausente|de vacaciones|vacaciones|acuse de recibo|cerrado por vacaciones|"
    "baja por maternidad|"
    "assenza|assente|in ferie|ferie|fuori sede|conferma di ricezione|chiusura estiva|"
    "in maternita|"
    "ausencia|ausente|de ferias|em ferias|ferias|confirmacao de rececao|"
    "confirmacao de recebimento|licenca de maternidade|"
    "afwezig|afwezigheid|met verlof|op vakantie|met vakantie|vakantie|ontvangstbevestiging|"
    "met zwangerschapsverlof|"
    "nieobecnosc|nieobecny|nieobecna|urlop|na urlopie|potwierdzenie otrzymania|"
    "urlop macierzynski|"
    "absenta|absent|in concediu|concediu|confirmare de primire|plecat|plecata";

static const char bare_terms[] =
    "automatic reply|automatic response|automated reply|automated response|auto-reply|"
    "auto reply|out of office|"
    "reponse automatique|message d'absence|"
    "automatische antwort|abwesenheitsnotiz|"
    "respuesta automatica|mensaje de ausencia|"
    "risposta automatica|messaggio di assenza|"
    "resposta automatica|mensagem de ausencia|"
    "automatisch antwoord|automatische beantwoording|afwezigheidsbericht|"
    "automatyczna odpowiedz|odpowiedz automatyczna|autoodpowiedz|"
    "raspuns automat";

static const struct wording_list phrases[] = {
    {ABSENCE_AWAY, "away", /* en */
     "i am out of the office|i'm out of the office|i am currently out of|i'm currently out of|"
     "i will be out of|i'll be out of|i am away|i'm away|i am currently away|i will be away|"
     "i'll be away|i am on annual leave|i'm on annual leave|i am on leave|i'm on leave|"
     "i will be on leave|i am on vacation|i'm on vacation|i will be on vacation|"
     "i am on holiday|i'm on holiday|i will be on holiday|i am currently on|i'm currently on|"
     "on maternity leave|on paternity leave|on parental leave|on sick leave|i am travelling|"
     "i am traveling|i am not in the office|i'm not in the office|i am out until|"
     "away from my desk|away from the office|away from my email|out of the office until|"
     "out of office until|out of the office from|out of the office and|annual leave until|"
     "on leave until|on vacation until|on holiday until|our office is closed|"
     "our offices are closed|our offices will be closed|office will be closed|"
     "the office is closed|i am unavailable|i am currently unavailable|limited access to|"
     "no access to my email|not be checking|i am on a business trip|not checking my|"
     "not reading my|out of the office this|out of office this|out of the office today"},
    {ABSENCE_AWAY, "away", /* fr */
     "je suis absent|je serai absent|je suis actuellement absent|je suis actuellement en|"
     "je suis en conge|je serai en conge|je suis en vacances|je serai en vacances|"
     "je suis en deplacement|je suis actuellement indisponible|actuellement absent|"
     "absent du bureau|absente du bureau|absent jusqu|absente jusqu|absent du |absente du |"
     "absent(e)|en conge jusqu|en conges jusqu|en vacances jusqu|en arret maladie|"
     "conge maternite|conge parental|conge de maternite|nos bureaux sont fermes|"
     "nos bureaux seront fermes|nos bureaux sont actuellement|je suis indisponible|"
     "un acces limite|acces limite a|acces restreint a|ne suis pas au bureau|"
     "ne serai pas au bureau|actuellement en conge|suis en conge|en conge du|en conges du|"
     "en vacances du|actuellement en deplacement"},
    {ABSENCE_AWAY, "away", /* de */
     "ich bin nicht im buro|bin nicht im buro|nicht im buro|ich bin derzeit nicht|"
     "bin derzeit nicht|ich bin zurzeit nicht|ich bin zur zeit nicht|ich bin momentan nicht|"
     "ich bin aktuell nicht|ich bin im urlaub|bin im urlaub|ich befinde mich|im urlaub bis|"
     "nicht erreichbar|nicht am arbeitsplatz|nicht an meinem arbeitsplatz|ausser haus|"
     "nicht im hause|nicht im haus|abwesend|in elternzeit|im mutterschutz|"
     "unser buro ist geschlossen|unser buro ist bis|unser buro bleibt|"
     "keinen zugriff auf meine|keinen zugang zu meinen| im urlaub|auf dienstreise|in urlaub|"
     "im jahresurlaub|im erziehungsurlaub|krankgeschrieben|in mutterschutz"},
    {ABSENCE_AWAY, "away", /* es */
     "estoy fuera de la oficina|estare fuera de la oficina|me encuentro fuera|"
     "actualmente fuera de|fuera de la oficina|estoy de vacaciones|estare de vacaciones|"
     "me encuentro de vacaciones|estare ausente|estoy ausente|me encuentro ausente|"
     "baja por maternidad|baja por paternidad|baja medica|de baja hasta|no estare disponible|"
     "no estoy disponible|de viaje hasta|oficinas permaneceran cerradas|"
     "oficinas estaran cerradas|acceso limitado a|me encuentro de viaje|estoy de viaje|"
     "estoy de baja|de permiso hasta"},
    {ABSENCE_AWAY, "away", /* it */
     "sono fuori ufficio|saro fuori ufficio|fuori ufficio|sono fuori sede|saro fuori sede|"
     "sono assente|saro assente|sono in ferie|saro in ferie|saro in vacanza|"
     "attualmente assente|attualmente in ferie|in ferie fino|in ferie dal|assente fino|"
     "assente dal|in congedo|in maternita|non sono in ufficio|non saro in ufficio|"
     "uffici sono chiusi|uffici resteranno chiusi|uffici rimarranno chiusi|"
     "non saro reperibile|accesso limitato|sono in vacanza|in viaggio fino|in vacanza fino|"
     "sono fuori fino"},
    {ABSENCE_AWAY, "away", /* pt */
     "estou fora do escritorio|estarei fora do escritorio|fora do escritorio|estou ausente|"
     "estarei ausente|encontro-me ausente|encontro-me de ferias|encontro-me fora|"
     "estou de ferias|estarei de ferias|estou em ferias|estarei em ferias|"
     "licenca de maternidade|licenca maternidade|licenca de paternidade|licenca parental|"
     "de ferias ate|em ferias ate|ausente ate|nao estou no escritorio|"
     "nao estarei no escritorio|nao estarei disponivel|escritorios encontram-se encerrados|"
     "escritorio esta encerrado|acesso limitado|estou em viagem|encontro-me em viagem|"
     "estou de licenca|estou de baixa"},
    {ABSENCE_AWAY, "away", /* nl */
     "ik ben afwezig|ben ik afwezig|afwezig tot|afwezig van|afwezig vanaf|momenteel afwezig|"
     "niet op kantoor|ik ben met vakantie|ik ben op vakantie|ben ik met vakantie|"
     "ben ik op vakantie|met vakantie tot|ik ben met verlof|met verlof tot|ouderschapsverlof|"
     "zwangerschapsverlof|niet bereikbaar|ons kantoor is gesloten|kantoor is gesloten|"
     "kantoor gesloten|beperkt toegang tot|beperkte toegang|niet aanwezig|ben ik niet op|"
     "ik ben er niet|buiten kantoor|op reis"},
    {ABSENCE_AWAY, "away", /* pl */
     "jestem nieobecn|bede nieobecn|obecnie jestem nieobecn|przebywam na urlopie|"
     "jestem na urlopie|bede na urlopie|na urlopie do|na urlopie od|poza biurem|nieobecny do|"
     "nieobecna do|nieobecny w biurze|nieobecna w biurze|nie ma mnie w biurze|nie bedzie mnie|"
     "urlopie macierzynskim|urlopie wychowawczym|na zwolnieniu lekarskim|biuro jest nieczynne|"
     "biuro bedzie nieczynne|ograniczony dostep do|w podrozy sluzbowej|w delegacji|"
     "bede nieosiagaln|jestem nieosiagaln|nie czytam poczty"},
    {ABSENCE_AWAY, "away", /* ro */
     "nu sunt la birou|nu ma aflu la birou|nu voi fi la birou|sunt plecat din birou|"
     "sunt plecata din birou|sunt in concediu|ma aflu in concediu|voi fi in concediu|"
     "sunt plecat|sunt absent|voi fi absent|voi lipsi|lipsesc din birou|"
     "concediu de maternitate|concediu medical|in concediu pana|plecata pana|plecat pana|"
     "in afara biroului|in delegatie|birourile noastre sunt inchise|biroul este inchis|"
     "nu sunt disponibil|nu voi fi disponibil|acces limitat la|sunt in vacanta|"
     "voi fi in vacanta|nu citesc|in deplasare|ma aflu in delegatie"},
    {ABSENCE_RETURN, "return", /* en */
     "on my return|upon my return|when i return|when i am back|when i'm back|when i get back|"
     "once i am back|once i'm back|once i return|as soon as i return|as soon as i am back|"
     "as soon as i'm back|after my return|respond to your message|respond to your email|"
     "respond to your e-mail|reply to your message|reply to your email|reply to your e-mail|"
     "answer your message|answer your email|answer your e-mail|get back to you|"
     "i will be back on|i'll be back on|i will be back in|will return on|i return on|"
     "i will return|back in the office on|returning on|in my absence|during my absence|"
     "while i am away|during this time|during this period|i will be back|i am back|"
     "back on monday|back on tuesday|back on wednesday|back on thursday|back on friday|"
     "reply on my return"},
    {ABSENCE_RETURN, "return", /* fr */
     "a mon retour|des mon retour|repondrai|je reviens le|je reviendrai le|de retour le|"
     "serai de retour|serai a nouveau|serai joignable|je traiterai votre|en mon absence|"
     "pendant mon absence|durant mon absence|pendant cette periode|durant cette periode|"
     "je prendrai connaissance|reponse des que|mon retour le|je reviendrai|je reviens|"
     "reprendrai|vous recontacterai|vous repondre des"},
    {ABSENCE_RETURN, "return", /* de */
     "nach meiner ruckkehr|nach meiner wiederkehr|bei meiner ruckkehr|bin ich wieder|"
     "bin wieder|ich melde mich|melde ich mich|beantworte ich|beantworten|"
     "in meiner abwesenheit|wahrend meiner abwesenheit|wahrend dieser zeit|in dieser zeit|"
     "wieder erreichbar|wieder im buro|wieder im hause|wieder fur sie da|bin ich zuruck|"
     "nicht weitergeleitet|komme ich zuruck|kehre ich|zuruck am|wieder da|wieder zuruck|ab dem"},
    {ABSENCE_RETURN, "return", /* es */
     "a mi regreso|a mi vuelta|a la vuelta|en cuanto regrese|cuando regrese|respondere|"
     "contestare|le respondere|durante mi ausencia|en mi ausencia|estare de vuelta|"
     "estare de regreso|de vuelta el|me reincorporo|me reincorporare|durante este periodo|"
     "volvere el|regreso el|vuelvo el|regresare|volvere|contestare a"},
    {ABSENCE_RETURN, "return", /* it */
     "al mio rientro|al rientro|al mio ritorno|rispondero|rientrero|saro di ritorno|"
     "saro nuovamente|tornero|durante la mia assenza|in mia assenza|rientro il|"
     "rientro previsto|vi ricontattero|la ricontattero|durante questo periodo|vi rispondero|"
     "le rispondero|sono di nuovo|di nuovo in ufficio|torno il|torno lunedi"},
    {ABSENCE_RETURN, "return", /* pt */
     "no meu regresso|apos o meu regresso|ao meu regresso|quando regressar|"
     "assim que regressar|quando voltar|assim que voltar|ao meu retorno|no meu retorno|"
     "apos meu retorno|responderei|durante a minha ausencia|na minha ausencia|"
     "em minha ausencia|durante minha ausencia|regressarei|regresso a |regresso no dia|"
     "retorno dia|retornarei|retorno no dia|estarei de volta|volto no dia|regresso na|"
     "regresso no|volto na|volto no|estarei de regresso"},
    {ABSENCE_RETURN, "return", /* nl */
     "bij mijn terugkomst|na mijn terugkomst|bij terugkomst|na mijn terugkeer|"
     "bij mijn terugkeer|na terugkomst|zodra ik terug|zodra ik weer|beantwoord ik|"
     "beantwoorden|weer aanwezig|weer bereikbaar|weer op kantoor|ben ik weer|ben ik terug|"
     "tijdens mijn afwezigheid|in mijn afwezigheid|in deze periode|gedurende deze periode|"
     "niet doorgestuurd|antwoord zodra|neem ik contact|kom ik terug|terug op kantoor|terug op "},
    {ABSENCE_RETURN, "return", /* pl */
     "po powrocie|po moim powrocie|odpowiem|odpisze|wracam |wroce |bede ponownie|"
     "bede z powrotem|podczas mojej nieobecnosci|w czasie mojej nieobecnosci|"
     "pod moja nieobecnosc|w trakcie mojej nieobecnosci|w tym czasie|odezwe sie|"
     "skontaktuje sie|z powrotem"},
    {ABSENCE_RETURN, "return", /* ro */
     "la intoarcere|la revenire|cand ma intorc|cand revin|dupa ce revin|dupa ce ma intorc|"
     "voi raspunde|revin in |revin la |revin pe|ma intorc pe|ma intorc in|in absenta mea|"
     "pe perioada absentei|in perioada absentei|in lipsa mea|voi reveni|in aceasta perioada|"
     "revin luni|revin marti|revin miercuri|revin joi|revin vineri|va contactez|"
     "ma voi intoarce|voi fi inapoi"},
    {ABSENCE_CONTACT, "contact", /* en */
     "for urgent|in urgent cases|in case of urgency|in an emergency|if urgent|"
     "if your matter is urgent|if your request is urgent|if your enquiry is urgent|"
     "if it is urgent|if this is urgent|if you need immediate|immediate assistance|"
     "immediate attention|urgent matter|urgent enquir|urgent quer|urgent request|urgent issue|"
     "please contact|contact my colleague|my colleague|please get in touch with|"
     "please reach out to|please direct|please write to|please call the|in the meantime|"
     "anything urgent|something urgent|cannot wait|can help you|will be happy to help|"
     "is standing in|covering for me"},
    {ABSENCE_CONTACT, "contact", /* fr */
     "en cas d'urgence|pour toute urgence|si urgent|cas urgent|question urgente|"
     "demande urgente|demandes urgentes|sujet urgent|urgence|vous pouvez contacter|"
     "vous pouvez joindre|vous pouvez vous adresser|merci de contacter|veuillez contacter|"
     "merci de vous adresser|veuillez vous adresser|priere de contacter|"
     "je vous invite a contacter|mon collegue|ma collegue|mes collegues|merci d'ecrire a|"
     "me remplace|prendra le relais|appelez le|contactez l|contactez le|joignez"},
    {ABSENCE_CONTACT, "contact", /* de */
     "in dringenden|dringende anfragen|dringenden anliegen|dringende anliegen|dringende falle|"
     "bei dringenden|wenden sie sich|kontaktieren sie|meine vertretung|meiner vertretung|"
     "vertretung|meinen kollegen|meine kollegin|meine kolleginnen|meine kollegen|"
     "meiner kollegin|mein kollege|falls es eilt|eilige|in eiligen|in notfallen|im notfall|"
     "hilft ihnen|vertritt mich"},
    {ABSENCE_CONTACT, "contact", /* es */
     "en caso de urgencia|en caso urgente|si es urgente|asuntos urgentes|asunto urgente|"
     "cualquier urgencia|consulta es urgente|temas urgentes|pongase en contacto con|"
     "pueden contactar|puede contactar|contacte con|contacten con|contactar con|mi companer|"
     "puede dirigirse|dirijase a|escriba a|para urgencias|llame a|llame al|me sustituye|"
     "puede ayudarle"},
    {ABSENCE_CONTACT, "contact", /* it */
     "per urgenze|urgenze|in caso di urgenza|per questioni urgenti|questioni urgenti|"
     "comunicazioni urgenti|richieste urgenti|in caso di necessita|contattare|rivolgersi a|"
     "la mia collega|il mio collega|i miei colleghi|puo rivolgersi|potete rivolgervi|"
     "scrivere a|chiamare il|mi sostituisce|potete scrivere|a disposizione"},
    {ABSENCE_CONTACT, "contact", /* pt */
     "em caso de urgencia|assuntos urgentes|assunto urgente|em caso de emergencia|"
     "se for urgente|caso seja urgente|questoes urgentes|contacte |contate |contactar |"
     "contatar |entre em contato com|entre em contacto com|em contacto com|o meu colega|"
     "a minha colega|meu colega|minha colega|ligue para|podem escrever|pode escrever|"
     "substitui-me|pode ajudar"},
    {ABSENCE_CONTACT, "contact", /* nl */
     "voor dringende|bij dringende|in dringende gevallen|dringende zaken|dringende vragen|"
     "voor spoed|bij spoed|urgente zaken|urgente vragen|kunt u contact|neem contact op met|"
     "neemt u contact op|contact opnemen met|kunt u terecht|mijn collega|wenden tot|"
     "kunt u bellen|de receptie bellen|vervangt mij|vervanger|kan u helpen|kunt u schrijven"},
    {ABSENCE_CONTACT, "contact", /* pl */
     "w pilnych sprawach|w sprawach pilnych|pilnych spraw|sprawach pilnych|"
     "w naglych przypadkach|w naglych sprawach|w przypadku pilnych|prosze o kontakt z|"
     "prosze kontaktowac sie z|prosze sie kontaktowac|moim kolega|moja kolezank|"
     "zastepuje mnie|sprawach niecierpiacych|prosze dzwonic|prosze pisac|zastepuje|pomoze|"
     "sprawach naglych"},
    {ABSENCE_CONTACT, "contact", /* ro */
     "pentru urgente|in caz de urgenta|probleme urgente|in cazuri urgente|situatii urgente|"
     "chestiuni urgente|va rog sa contactati|va rog contactati|va rugam sa contactati|"
     "puteti contacta|contactati|colegul meu|colega mea|colegii mei|va puteti adresa|"
     "sunati la|puteti scrie|ma inlocuieste|va ajuta|va rog sa o contactati|"
     "va rog sa il contactati"},
    {ABSENCE_MAIL, "mail", /* en */
     "your message|your email|your e-mail|your mail|this mailbox|this email address|"
     "this e-mail address"},
    {ABSENCE_MAIL, "mail", /* fr */
     "votre message|votre mail|votre e-mail|votre courriel|vos messages|vos mails|"
     "cette adresse|cette boite"},
    {ABSENCE_MAIL, "mail", /* de */
     "ihre nachricht|ihre e-mail|ihre mail|ihr schreiben|ihrer nachricht|ihrer e-mail|"
     "deine nachricht|deine mail|diese adresse|dieses postfach|diese e-mail-adresse"},
    {ABSENCE_MAIL, "mail", /* es */
     "su mensaje|su correo|su e-mail|su email|tu mensaje|tu correo|este buzon|esta direccion"},
    {ABSENCE_MAIL, "mail", /* it */
     "il suo messaggio|suo messaggio|vostro messaggio|la sua mail|la sua e-mail|la sua email|"
     "vostra mail|vostra e-mail|tuo messaggio|questa casella|questo indirizzo"},
    {ABSENCE_MAIL, "mail", /* pt */
     "a sua mensagem|sua mensagem|seu e-mail|seu email|vossa mensagem|vosso e-mail|"
     "o seu contacto|seu contato|este endereco|esta caixa"},
    {ABSENCE_MAIL, "mail", /* nl */
     "uw bericht|uw e-mail|uw mail|je bericht|je mail|je e-mail|dit adres|dit e-mailadres|"
     "deze mailbox"},
    {ABSENCE_MAIL, "mail", /* pl */
     "za wiadomosc|panstwa wiadomosc|pana wiadomosc|twoja wiadomosc|panstwa mail|"
     "panstwa e-mail|za maila|na wiadomosc|na wiadomosci|na maile|na panstwa|ten adres|"
     "ta skrzynka|tej skrzynki"},
    {ABSENCE_MAIL, "mail", /* ro */
     "pentru mesaj|mesajul dumneavoastra|mesajul dvs|e-mailul dumneavoastra|e-mailul dvs|"
     "emailul dvs|emailul dumneavoastra|pentru email|pentru e-mail|mesajul tau|aceasta adresa|"
     "aceasta casuta"},
    {ABSENCE_MACHINE, "automatic", /* en */
     "this is an automatic reply|this is an automatic resp|this is an automatic out|"
     "this is an automated repl|this is an automated resp|this is an automated answer|"
     "this is an automated out|this is an auto-re|this is an auto re|this is an autore|"
     "this automatic reply|this automated reply|automatically generated reply|"
     "automatically generated response|automatically generated out|autoresponder|"
     "you will only receive this|only be notified once"},
    {ABSENCE_MACHINE, "automatic", /* fr */
     "ceci est une reponse automatique|ceci est un message d'absence|"
     "il s'agit d'une reponse automatique|reponse automatique generee|"
     "cette reponse automatique|ceci est un message automatique d'absence|"
     "ceci est un accuse de reception"},
    {ABSENCE_MACHINE, "automatic", /* de */
     "dies ist eine automatische antwort|dies ist eine automatische abwesen|"
     "dies ist eine abwesenheits|automatisch erstellte antwort|automatisch generierte antwort|"
     "automatisch generierte abwesenheit|diese automatische antwort|"
     "automatische eingangsbestatigung|das ist eine automatische antwort"},
    {ABSENCE_MACHINE, "automatic", /* es */
     "esta es una respuesta automatica|este es un mensaje automatico de ausencia|"
     "este es un mensaje automatico de respuesta|se trata de una respuesta automatica|"
     "respuesta generada automaticamente|es una contestacion automatica"},
    {ABSENCE_MACHINE, "automatic", /* it */
     "questa e una risposta automatica|questo e un messaggio automatico di assenza|"
     "questo e un messaggio automatico di risposta|si tratta di una risposta automatica|"
     "risposta generata automaticamente"},
    {ABSENCE_MACHINE, "automatic", /* pt */
     "esta e uma resposta automatica|trata-se de uma resposta automatica|"
     "resposta gerada automaticamente|esta mensagem de ausencia|"
     "e uma mensagem automatica de ausencia|e uma mensagem automatica de resposta"},
    {ABSENCE_MACHINE, "automatic", /* nl */
     "dit is een automatisch antwoord|dit is een automatische beantwoording|"
     "dit is een automatische antwoord|dit is een automatisch gegenereerd antwoord|"
     "automatische ontvangstbevestiging"},
    {ABSENCE_MACHINE, "automatic", /* pl */
     "to jest automatyczna odpowiedz|to automatyczna odpowiedz|jest to automatyczna odpowiedz|"
     "ta automatyczna odpowiedz|odpowiedz zostala wygenerowana|"
     "odpowiedz wygenerowana automatycznie"},
    {ABSENCE_MACHINE, "automatic", /* ro */
     "acesta este un raspuns automat|acesta este un mesaj automat de absenta|"
     "este un raspuns automat|raspuns generat automat"},
    {ABSENCE_GENERATED, "generated", /* en */
     "automatically generated|automated message|do not reply|don't reply|please do not respond"},
    {ABSENCE_GENERATED, "generated", /* fr */
     "message automatique|genere automatiquement|envoye automatiquement|ne pas repondre|"
     "ne repondez pas"},
    {ABSENCE_GENERATED, "generated", /* de */
     "automatisch generiert|automatisch erstellt|automatische nachricht|automatische e-mail|"
     "nicht auf diese|antworten sie nicht"},
    {ABSENCE_GENERATED, "generated", /* es */
     "mensaje automatico|generado automaticamente|no responda|no conteste"},
    {ABSENCE_GENERATED, "generated", /* it */
     "messaggio automatico|generato automaticamente|non rispondere|non risponda"},
    {ABSENCE_GENERATED, "generated", /* pt */
     "mensagem automatica|gerada automaticamente|nao responda"},
    {ABSENCE_GENERATED, "generated", /* nl */
     "automatisch bericht|automatisch gegenereerd|niet op dit bericht|niet op deze|"
     "niet te beantwoorden|niet beantwoorden"},
    {ABSENCE_GENERATED, "generated", /* pl */
     "wiadomosc automatyczna|automatyczna wiadomosc|wygenerowana automatycznie|nie odpowiada"},
    {ABSENCE_GENERATED, "generated", /* ro */
     "mesaj automat|generat automat|nu raspundeti|nu raspunde"},
    {ABSENCE_GONE, "gone", /* en */
     "no longer works|no longer working|no longer with|no longer work |no longer employed|"
     "has left the company|have left the company|has left the organi|left the company|"
     "has retired|moved on from"},
    {ABSENCE_GONE, "gone", /* fr */
     "ne travaille plus|ne travaillant plus|ne fait plus partie|ne fais plus partie|"
     "je ne travaille plus|a quitte l'entreprise|a quitte la societe|a quitte ses fonctions|"
     "j'ai quitte l'entreprise|j'ai quitte la societe|j'ai quitte mes fonctions|"
     "n'est plus en poste|n'est plus salarie"},
    {ABSENCE_GONE, "gone", /* de */
     "nicht mehr im unternehmen|nicht mehr fur die|nicht mehr bei der|nicht mehr bei uns|"
     "nicht mehr in unserem|das unternehmen verlassen|unser unternehmen verlassen|"
     "ausgeschieden|nicht mehr beschaftigt|nicht mehr tatig"},
    {ABSENCE_GONE, "gone", /* es */
     "ya no trabaja|ya no forma parte|ya no formo parte|ha dejado la empresa|"
     "he dejado la empresa|ha dejado de trabajar"},
    {ABSENCE_GONE, "gone", /* it */
     "non lavora piu|non lavoro piu|non fa piu parte|non faccio piu parte|"
     "ha lasciato l'azienda|ho lasciato l'azienda"},
    {ABSENCE_GONE, "gone", /* pt */
     "ja nao trabalha|nao trabalha mais|nao trabalho mais|ja nao trabalho|ja nao faz parte|"
     "nao faz mais parte|deixou a empresa|deixei a empresa|ja nao colabora"},
    {ABSENCE_GONE, "gone", /* nl */
     "werkt niet meer|werk niet meer|niet meer werkzaam|niet langer werkzaam|"
     "heeft het bedrijf verlaten|heeft onze organisatie verlaten|uit dienst|"
     "niet meer in dienst"},
    {ABSENCE_GONE, "gone", /* pl */
     "nie pracuje juz|juz nie pracuje|nie jest juz pracownikiem|zakonczyl prace|"
     "zakonczyla prace|nie jest juz zatrudnion"},
    {ABSENCE_GONE, "gone", /* ro */
     "nu mai lucreaza|nu mai lucrez|nu mai face parte|nu mai este angajat|a parasit compania|"
     "a plecat din companie"},
    {ABSENCE_UNREAD, "unread", /* en */
     "not monitored|unmonitored|not being monitored|no longer monitored|mailbox is unattended|"
     "unattended mailbox|address is no longer in use|no longer in use|"
     "address is no longer active|no longer active|will not be read|is not read|"
     "not be answered|can't receive replies|is no longer monitored|no longer read|not checked"},
    {ABSENCE_UNREAD, "unread", /* fr */
     "n'est pas relevee|n'est plus relevee|n'est pas lue|n'est plus utilisee|"
     "n'est plus active|n'est plus valide|ne sera pas lu|n'est pas consultee|"
     "n'est plus consultee|n'est plus en service|ne sera pas traite"},
    {ABSENCE_UNREAD, "unread", /* de */
     "nicht gelesen|nicht mehr gelesen|nicht mehr abgerufen|nicht abgerufen|nicht mehr gultig|"
     "nicht uberwacht|nicht mehr aktiv|nicht mehr verwendet|nicht mehr genutzt|"
     "nicht bearbeitet"},
    {ABSENCE_UNREAD, "unread", /* es */
     "no se lee|no es leid|no es atendid|no esta atendid|ya no esta activ|ya no esta en uso|"
     "no se revisa|no sera leido|no esta supervisad|dejado de utilizarse"},
    {ABSENCE_UNREAD, "unread", /* it */
     "non e presidiat|non viene lett|non e piu attiv|non e monitorat|non verra lett|"
     "non e piu in uso|non e piu utilizzat"},
    {ABSENCE_UNREAD, "unread", /* pt */
     "nao e monitorad|nao e lid|nao esta ativ|ja nao esta ativ|nao sera lid|"
     "nao esta mais ativ|ja nao e utilizad|nao e mais utilizad|nao e consultad"},
    {ABSENCE_UNREAD, "unread", /* nl */
     "niet gelezen|niet meer gelezen|niet meer in gebruik|niet meer actief|niet gemonitord|"
     "niet langer gebruikt|niet meer gebruikt|niet bewaakt"},
    {ABSENCE_UNREAD, "unread", /* pl */
     "nie jest monitorowan|nie jest odczytywan|nie sa odczytywan|nie jest juz uzywan|"
     "nie jest sprawdzan|jest nieaktywn|nie jest obslugiwan|nie zostanie odczytan"},
    {ABSENCE_UNREAD, "unread", /* ro */
     "nu este monitorizat|nu mai este folosit|nu mai este utilizat|nu mai este activ|"
     "nu este citit|nu va fi citit|nu este verificat"},
    {ABSENCE_RECEIVED, "received", /* en */
     "we have received your|we've received your|has been received|will get back to you|"
     "will respond within|will reply within|aim to respond|aim to reply|ticket number|"
     "will be dealt with|working days"},
    {ABSENCE_RECEIVED, "received", /* fr */
     "nous avons bien recu|a bien ete recu|a bien ete enregistr|a bien ete prise en compte|"
     "nous vous repondrons|nous reviendrons vers vous|sera traite|sera traitee|"
     "dans les meilleurs delais|dans les plus brefs delais|jours ouvres"},
    {ABSENCE_RECEIVED, "received", /* de */
     "nachricht erhalten|bei uns eingegangen|anfrage erhalten|wir werden uns|wir melden uns|"
     "schnellstmoglich|so schnell wie moglich|werktage"},
    {ABSENCE_RECEIVED, "received", /* es */
     "hemos recibido su|hemos recibido tu|le responderemos|te responderemos|"
     "nos pondremos en contacto|a la mayor brevedad|dias laborables"},
    {ABSENCE_RECEIVED, "received", /* it */
     "abbiamo ricevuto|le risponderemo|vi risponderemo|sara preso in carico|al piu presto|"
     "giorni lavorativi"},
    {ABSENCE_RECEIVED, "received", /* pt */
     "recebemos a sua|recebemos sua|recebemos o seu|recebemos seu|responderemos|"
     "entraremos em contacto|entraremos em contato|o mais brevemente|dias uteis"},
    {ABSENCE_RECEIVED, "received", /* nl */
     "we hebben uw|wij hebben uw|in goede orde ontvangen|goed ontvangen|nemen zo snel|"
     "zo spoedig mogelijk|zo snel mogelijk|werkdagen"},
    {ABSENCE_RECEIVED, "received", /* pl */
     "otrzymalismy|odpowiemy|skontaktujemy sie|potwierdzamy otrzymanie|najszybciej jak|"
     "dni roboczych"},
    {ABSENCE_RECEIVED, "received", /* ro */
     "am primit mesajul|am primit solicitarea|va vom raspunde|vom reveni|va vom contacta|"
     "cat mai curand|zile lucratoare"},
    {ABSENCE_CHALLENGE, "challenge", /* en */
     "prove that you are human|prove you are human|that you are a human|you are a real person|"
     "you are not a robot|message has been held|message is being held|mail is being held|"
     "before your message can be delivered|before your email can be delivered|"
     "to have your message delivered|approved sender|complete this verification|"
     "sender verification"},
    {ABSENCE_CHALLENGE, "challenge", /* fr */
     "que vous n'etes pas un robot|que vous etes une personne|votre message est en attente|"
     "pour que votre message soit|liste des expediteurs autorises"},
    {ABSENCE_CHALLENGE, "challenge", /* de */
     "dass sie kein roboter|dass sie ein mensch|wird zuruckgehalten|"
     "damit ihre nachricht zugestellt|liste der zugelassenen"},
    {ABSENCE_CHALLENGE, "challenge", /* es */
     "que no es un robot|que usted es una persona|su mensaje esta retenido|"
     "su mensaje ha sido retenido|para que su mensaje sea|lista de remitentes"},
    {ABSENCE_CHALLENGE, "challenge", /* it */
     "che non sei un robot|che lei e una persona|messaggio e in attesa|"
     "messaggio e stato trattenuto|affinche il suo messaggio|mittenti autorizzati"},
    {ABSENCE_CHALLENGE, "challenge", /* pt */
     "que nao e um robo|que e uma pessoa|mensagem esta retida|mensagem foi retida|"
     "para que a sua mensagem seja|remetentes autorizados"},
    {ABSENCE_CHALLENGE, "challenge", /* nl */
     "dat u geen robot|dat u een mens|wordt vastgehouden|wordt pas afgeleverd|"
     "goedgekeurde afzenders"},
    {ABSENCE_CHALLENGE, "challenge", /* pl */
     "ze nie jestes robotem|ze jest pan czlowiekiem|zostala zatrzymana|"
     "aby wiadomosc zostala dostarczona|lista dozwolonych nadawcow"},
    {ABSENCE_CHALLENGE, "challenge", /* ro */
     "ca nu sunteti un robot|ca sunteti o persoana|mesajul este retinut|"
     "mesajul a fost retinut|pentru ca mesajul sa fie|lista expeditorilor"},
    {ABSENCE_MATTER, NULL, /* en */
     " my order| my account| my contract| my invoice| my bill| my parcel| my package|"
     " my delivery| my payment| my subscription| my refund| my password| my claim| my booking|"
     " my reservation| refund me| please cancel| please send| please confirm| please deliver|"
     " please let me know| please tell| please change| please update| please stop|"
     " please contact me| please call me| call me back| reply to me| i would like| i'd like|"
     " i want | i need | could you| can you| would you| will you| i ordered| i have ordered|"
     " i bought| i paid| i have not received| i haven't received| i still haven't|"
     " i never received| order number| customer number| a complaint| deliver it| the delivery|"
     " your driver| the parcel| my meter| the meter| the invoice| direct debit| charged"},
    {ABSENCE_MATTER, NULL, /* fr */
     " ma commande| mon compte| mon contrat| ma facture| mon colis| ma livraison|"
     " mon abonnement| mon dossier| ma reclamation| mon remboursement| mon mot de passe|"
     " mon virement| rembourser| je voudrais| je souhaite| j'aimerais| j'ai besoin|"
     " pouvez-vous| pourriez-vous| pourrez-vous| puis-je| merci de me| merci de bien vouloir|"
     " merci de changer| merci d'annuler| merci de reporter| merci de ne pas| la livraison|"
     " livrer| livreur| resilier| resiliation| numero de client| j'ai commande| j'ai paye|"
     " j'ai achete| je n'ai pas recu| je n'ai toujours pas| annuler| le colis| un colis|"
     " la facture| prelevement| preleve| le releve| compteur| rappelez-moi| repondez-moi|"
     " me rappeler| me dire| me repondre| m'envoyer| me confirmer"},
    {ABSENCE_MATTER, NULL, /* de */
     " meine bestellung| meiner bestellung| mein konto| mein vertrag| meinen vertrag|"
     " meine rechnung| mein paket| meine lieferung| meine zahlung| meine ruckerstattung|"
     " ruckerstattung| erstatten| ich mochte| ich hatte gern| ich brauche| ich benotige|"
     " konnen sie| konnten sie| wurden sie| bitte senden| bitte schicken| bitte andern|"
     " bitte stornieren| bitte liefern| bitte bestatigen| bitte teilen| bitte rufen|"
     " die lieferung| liefern| kundennummer| bestellnummer| vertragsnummer| stornieren|"
     " kundigen| kundigung| ich habe bestellt| habe noch keine| habe ich noch| zahlerstand|"
     " abgebucht| abbuchung| das paket| rufen sie mich| antworten sie mir| die rechnung|"
     " eine rechnung| ihr fahrer| mahnung"},
    {ABSENCE_MATTER, NULL, /* es */
     " mi pedido| mi cuenta| mi contrato| mi factura| mi paquete| mi envio| mi reclamacion|"
     " mi suscripcion| mi reembolso| reembolso| quisiera| quiero | necesito| me gustaria|"
     " podrian| podria | pueden decirme| pueden enviarme| pueden cambiar| la entrega|"
     " entregar| entreguen| numero de cliente| numero de pedido| cancelar| cancelen|"
     " no he recibido| he comprado| he pagado| he pedido| el paquete| la factura |"
     " me han cobrado| cobrado| llamenme| contestenme| digame| diganme| repartidor| les ruego|"
     " por favor envien| por favor cambien| contador"},
    {ABSENCE_MATTER, NULL, /* it */
     " il mio ordine| mio account| mio contratto| mia fattura| mio pacco| mio reclamo|"
     " mio abbonamento| mio rimborso| mia consegna| rimborso| rimborsare| vorrei| ho bisogno|"
     " avrei bisogno| potete dirmi| potete inviarmi| potete spostare| potete confermare|"
     " potreste| mi potete| puo dirmi| la consegna| consegnare| numero cliente|"
     " numero d'ordine| annullare| disdire| disdetta| non ho ricevuto| non ho ancora|"
     " ho ordinato| ho pagato| ho acquistato| il pacco| la fattura| addebito| addebitat|"
     " corriere| richiamatemi| rispondetemi| fatemi sapere| mandatemi| contatore| lettura del"},
    {ABSENCE_MATTER, NULL, /* pt */
     " a minha encomenda| minha encomenda| meu pedido| minha conta| meu contrato|"
     " minha fatura| minha factura| minha reclamacao| meu reembolso| minha assinatura|"
     " minha entrega| reembolsar| gostaria| quero | preciso | queria | podem dizer|"
     " podem enviar| podem entregar| podem confirmar| podem alterar| podem mudar| podem fazer|"
     " podem-me| poderiam| pode-me| podiam| a entrega| entreguem| numero da encomenda|"
     " cancelem| nao recebi| ainda nao recebi| encomendei| comprei| paguei| a encomenda|"
     " a fatura| fui cobrad| debitad| liguem-me| respondam-me| digam-me| agradeco que|"
     " estafeta| leitura"},
    {ABSENCE_MATTER, NULL, /* nl */
     " mijn bestelling| mijn account| mijn contract| mijn factuur| mijn pakket| mijn klacht|"
     " mijn abonnement| mijn levering| mijn betaling| mijn terugbetaling| terugbetaling|"
     " terugbetalen| ik wil | zou graag| graag wil ik| ik heb nodig| kunt u mij| kunt u de|"
     " kunt u het| kunnen jullie| kun je| wilt u| willen jullie| de levering| leveren|"
     " bezorgen| bezorger| bezorgd| klantnummer| bestelnummer| annuleren| opzeggen|"
     " niet ontvangen| nog geen| ik heb besteld| ik heb betaald| het pakket| de factuur|"
     " een factuur| afgeschreven| bel mij| bel me| laat mij weten| laat me weten| meterstand"},
    {ABSENCE_MATTER, NULL, /* pl */
     " moje zamowienie| mojego zamowienia| moim zamowieniem| moje konto| mojego konta|"
     " moja umowa| mojej umowy| moja faktura| fakture | faktury | moja paczka| paczka| paczki|"
     " paczke| zwrot| chcialbym| chcialabym| chce | potrzebuje| czy moga| czy moglib|"
     " czy mozecie| czy moze| prosze o przeslanie| prosze o informacje| prosze o zmiane|"
     " prosze o anulowanie| prosze o potwierdzenie| prosze anulowac| prosze zmienic|"
     " prosze przeslac| dostawa| dostawe| dostawy| dostarcz| kurier| numer klienta|"
     " numer zamowienia| anulowac| nie otrzymal| reklamac| zaplacil| zamowil| pobran|"
     " prosze do mnie| odczyt| licznik"},
    {ABSENCE_MATTER, NULL, /* ro */
     " comanda mea| contul meu| contractul meu| factura mea| coletul meu| reclamatia mea|"
     " abonamentul meu| livrarea mea| rambursare| ramburs| as dori| doresc| vreau | am nevoie|"
     " imi puteti| ati putea| puteti sa-mi| puteti sa imi| puteti schimba| puteti livra|"
     " va rog sa-mi| va rog sa imi| va rog sa anulati| va rog sa schimbati| va rog sa livrati|"
     " livrarea| livrati| livrare| numarul de client| numarul comenzii| anulati| anularea|"
     " anulez| nu am primit| inca nu am| am comandat| am platit| am cumparat| coletul|"
     " factura | facturii| curierul| sunati-ma| raspundeti-mi| contorul| indexul"},
    {ABSENCE_PAST, NULL, /* en */
     "i was away|i was on holiday|i was on vacation|i was on leave|i was out of|i was abroad|"
     "i was travelling|i have been away|i've been away|i have been on|i've been on|"
     "while i was|when i came back|when i got back|when i returned|i came back|i got back|"
     "just got back|i returned|during my holiday|during my vacation|back from holiday|"
     "back from vacation|back from leave|was on maternity"},
    {ABSENCE_PAST, NULL, /* fr */
     "j'etais absent|j'etais en conge|j'etais en vacances|j'etais en deplacement|"
     "j'etais a l'etranger|j'etais hospital|j'ai ete absent|j'etais en arret|"
     "pendant mes vacances|pendant mes conges|pendant nos vacances|a mon retour j'ai|"
     "a mon retour, j'ai|a mon retour de vacances|a mon retour de conge|en rentrant|"
     "je rentre de|je reviens de|de retour de vacances|de retour de conge|nous etions|"
     "quand je suis rentre|quand je suis revenu"},
    {ABSENCE_PAST, NULL, /* de */
     "ich war im urlaub|ich war bis|ich war verreist|ich war nicht|ich war abwesend|"
     "ich war in|war ich im urlaub|war ich verreist|war ich nicht|war ich abwesend|"
     "waren wir im urlaub|wahrend meines urlaubs|wahrend unseres urlaubs|"
     "aus dem urlaub zuruck|urlaub zuruck|nach meinem urlaub|als ich zuruck|als ich aus|"
     "als ich wieder|wir waren im urlaub|nach der elternzeit"},
    {ABSENCE_PAST, NULL, /* es */
     "estaba de vacaciones|estuve de vacaciones|he estado de vacaciones|estuve fuera|"
     "estaba fuera|he estado fuera|estuve ausente|estaba ausente|durante mis vacaciones|"
     "al volver|al regresar|a mi vuelta me|a mi vuelta he|a mi regreso me|a mi regreso he|"
     "he vuelto|cuando volvi|acabo de volver|estuvimos|estuve de baja|estaba de viaje|"
     "estuve de viaje"},
    {ABSENCE_PAST, NULL, /* it */
     "ero in ferie|ero in vacanza|ero assente|ero fuori|ero via|ero all'estero|ero in viaggio|"
     "eravamo|sono stato in|sono stata in|sono stato via|sono stata via|durante le ferie|"
     "durante le mie|durante le vacanze|al mio rientro ho|al rientro ho|al mio ritorno ho|"
     "tornando|appena tornat|appena rientrat|sono rientrat|sono tornat|quando sono"},
    {ABSENCE_PAST, NULL, /* pt */
     "estava de ferias|estive de ferias|estava ausente|estava fora|estive fora|estive ausente|"
     "durante as ferias|durante as minhas ferias|durante minhas ferias|quando regressei|"
     "quando voltei|regressei|voltei |acabo de voltar|acabei de voltar|estava em viagem|"
     "estive em viagem|estavamos|estava de licenca|estive de licenca|estive de baixa"},
    {ABSENCE_PAST, NULL, /* nl */
     "ik was op vakantie|ik was met vakantie|ik was afwezig|ik was niet|ik was weg|ik was in|"
     "was ik op vakantie|was ik met vakantie|was ik niet|was ik weg|was ik afwezig|"
     "tijdens mijn vakantie|tijdens onze vakantie|toen ik terug|toen ik thuis|net terug van|"
     "terug van vakantie|wij waren|we waren|ik ben net terug"},
    {ABSENCE_PAST, NULL, /* pl */
     "bylem na|bylam na|bylismy na|bylem nieobecn|bylam nieobecn|bylem poza|bylam poza|"
     "bylem za|bylam za|podczas urlopu|podczas mojego urlopu|w czasie urlopu|wrocilem|"
     "wrocilam|wrocilismy|po powrocie z urlopu|po powrocie z wakacji|po powrocie znalaz|"
     "nie bylo mnie|przebywalem|przebywalam"},
    {ABSENCE_PAST, NULL, /* ro */
     "am fost in concediu|eram in concediu|am fost plecat|eram plecat|am fost in vacanta|"
     "eram in vacanta|in timpul concediului|in timpul vacantei|cand m-am intors|m-am intors|"
     "am lipsit|nu eram acasa|am fost in strainatate|am fost in delegatie|tocmai m-am"},
    {ABSENCE_ABOUT, NULL, /* en */
     "your automatic reply|your automated reply|your auto reply|your auto-reply|"
     "your automated response|your automatic response|your out of office|an out of office|"
     "your autoresponder|your colleague|your agent|your adviser|your staff|your employee|"
     "received an automatic|received an automated|got an automatic|got an automated|"
     "an auto-reply from|an automatic reply from|only get|only got|only receive|keep getting|"
     "keep receiving|nobody answers|no one answers|your department|the automatic repl|"
     "the automated repl|the automatic resp|the automated resp|the auto-reply"},
    {ABSENCE_ABOUT, NULL, /* fr */
     "votre reponse automatique|vos reponses automatiques|votre message d'absence|"
     "votre message automatique|vos messages automatiques|votre collegue|votre conseill|"
     "vos conseillers|votre agent|une reponse automatique de|une reponse automatique d'|"
     "recu une reponse automatique|recois une reponse automatique|recu un message d'absence|"
     "recu un message automatique|la reponse automatique|le message d'absence|"
     "reponses automatiques|personne ne repond|personne ne me|je ne recois que|votre service|"
     "votre accuse de reception|l'accuse de reception"},
    {ABSENCE_ABOUT, NULL, /* de */
     "ihre automatische antwort|ihre automatische|ihre abwesenheitsnotiz|ihrer abwesenheit|"
     "ihrer automatischen|ihr mitarbeiter|ihre mitarbeiter|ihrem mitarbeiter|ihr kollege|"
     "ihre kollegin|ihr kundendienst|eine automatische antwort erhalten|"
     "eine automatische antwort bekommen|eine abwesenheitsnotiz|nur eine automatische|"
     "nur automatische|die automatische antwort|die abwesenheitsnotiz|bekomme ich nur|"
     "niemand antwortet|antwortet niemand|automatische antworten"},
    {ABSENCE_ABOUT, NULL, /* es */
     "su respuesta automatica|sus respuestas automaticas|vuestra respuesta automatica|"
     "su mensaje automatico|su agente|su companer|su asesor|su empleado|"
     "recibido una respuesta automatica|recibo una respuesta automatica|"
     "recibi una respuesta automatica|la respuesta automatica|solo recibo|solo he recibido|"
     "nadie responde|nadie contesta|nadie me|respuestas automaticas|mensaje de ausencia|"
     "su departamento|su servicio"},
    {ABSENCE_ABOUT, NULL, /* it */
     "la vostra risposta automatica|vostra risposta automatica|vostre risposte automatiche|"
     "sua risposta automatica|vostro messaggio automatico|vostro operatore|vostro collega|"
     "vostra collega|vostro consulente|vostro agente|ricevuto una risposta automatica|"
     "ricevo una risposta automatica|la risposta automatica|ricevo solo|ricevuto solo|"
     "nessuno risponde|nessuno mi|risposte automatiche|messaggio di assenza|vostro servizio"},
    {ABSENCE_ABOUT, NULL, /* pt */
     "vossa resposta automatica|sua resposta automatica|vossas respostas automaticas|"
     "suas respostas automaticas|vosso agente|seu agente|vosso colega|vossa colega|seu colega|"
     "vosso funcionario|vosso operador|recebi uma resposta automatica|"
     "recebo uma resposta automatica|a resposta automatica|so recebo|so recebi|"
     "ninguem responde|ninguem me|respostas automaticas|mensagem de ausencia|vosso servico|"
     "vosso departamento"},
    {ABSENCE_ABOUT, NULL, /* nl */
     "uw automatische|uw automatisch|jullie automatische|jullie automatisch|uw medewerker|"
     "uw collega|jullie medewerker|jullie collega|automatisch antwoord gekregen|"
     "automatisch antwoord ontvangen|kreeg een automatisch|krijg een automatisch|"
     "kreeg ik een automatisch|krijg ik een automatisch|alleen een automatisch|"
     "alleen automatische|het automatische antwoord|het automatisch antwoord|"
     "een afwezigheidsmelding|niemand antwoordt|niemand reageert|uw klantenservice|"
     "uw afwezigheid"},
    {ABSENCE_ABOUT, NULL, /* pl */
     "panstwa automatyczna|wasza automatyczna|automatyczna odpowiedz od|"
     "otrzymalem automatyczna|otrzymalam automatyczna|dostalem automatyczna|"
     "dostalam automatyczna|otrzymuje tylko|dostaje tylko|tylko automatyczna|"
     "tylko automatyczne|automatyczne odpowiedzi|panstwa konsultant|panstwa pracownik|"
     "wasz pracownik|wasz konsultant|nikt nie odpowiada|nikt mi nie|automatycznej odpowiedzi|"
     "panstwa dzial"},
    {ABSENCE_ABOUT, NULL, /* ro */
     "raspunsul dumneavoastra automat|raspunsul automat|raspunsul dvs automat|mesajul automat|"
     "agentul dumneavoastra|agentul dvs|colegul dumneavoastra|colega dumneavoastra|"
     "consultantul dumneavoastra|angajatul dumneavoastra|am primit un raspuns automat|"
     "am primit un mesaj automat|primesc un raspuns automat|primesc doar|am primit doar|"
     "doar raspunsuri automate|raspunsuri automate|nimeni nu raspunde|nimeni nu imi|"
     "nimeni nu-mi|serviciul dumneavoastra"},
    {ABSENCE_FORWARD, NULL, /* en */
     "original message---|forwarded message|begin forwarded"},
    {ABSENCE_FORWARD, NULL, /* fr */
     "message transfere|message d'origine---|message original---"},
    {ABSENCE_FORWARD, NULL, /* de */
     "weitergeleitete nachricht|ursprungliche nachricht---"},
    {ABSENCE_FORWARD, NULL, /* es */
     "mensaje reenviado|mensaje original---"},
    {ABSENCE_FORWARD, NULL, /* it */
     "messaggio inoltrato|messaggio originale---"},
    {ABSENCE_FORWARD, NULL, /* pt */
     "mensagem encaminhada|mensagem reencaminhada|mensagem original---"},
    {ABSENCE_FORWARD, NULL, /* nl */
     "doorgestuurd bericht|oorspronkelijk bericht---"},
    {ABSENCE_FORWARD, NULL, /* pl */
     "wiadomosc przekazana|przekazana wiadomosc|wiadomosc oryginalna---|"
     "oryginalna wiadomosc---"},
    {ABSENCE_FORWARD, NULL, /* ro */
     "mesaj redirectionat|mesaj original---"},
};

const struct wording_list *absence_phrases(size_t *count)
{
    *count = sizeof(phrases) / sizeof(phrases[0]);
    return phrases;
}

const char *absence_list_words(enum absence_list list)
{
    static const char *const lists[] = {subject_terms, subject_words, bare_terms};

    return lists[list];
}
